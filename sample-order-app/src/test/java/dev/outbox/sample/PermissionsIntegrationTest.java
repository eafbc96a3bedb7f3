package dev.outbox.sample;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationContext;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/** Who may do what: every endpoint that the application has, and who asks for it. */
class PermissionsIntegrationTest extends RunningShop {
    /**
     * An endpoint, what it answers to somebody unknown, a customer whose order it is, another customer and the ADMIN, and what to add to its path or to send. What comes after a
     * permission (200, 201, 400, 404, 409) only shows that there was one.
     */
    private static final String TABLE = """
            POST /api/v1/auth/register                      201 201 201 201 {"email":"NEW@example.com","password":"a good password"}
            POST /api/v1/auth/login                         200 200 200 200 {"email":"customer@example.com","password":"a good password"}
            GET /api/v1/products                            200 200 200 200
            GET /api/v1/products/{productId}                200 200 200 200
            POST /api/v1/products/{productId}/likes         401 204 204 204
            DELETE /api/v1/products/{productId}/likes       401 204 204 204
            POST /api/v1/admin/products                     401 403 403 201 {"sku":"NEW","name":"Tea","price":3.50,"stock":1}
            POST /api/v1/admin/products/{productId}/stock-adjust 401 403 403 200 {"delta":1}
            POST /api/v1/orders                             401 201 201 201 {"items":[{"productId":PRODUCT,"quantity":1}]}
            GET /api/v1/orders                              401 200 200 200
            GET /api/v1/orders/{orderId}                    401 200 404 404
            POST /api/v1/orders/{orderId}/cancel            401 200 404 404
            POST /api/v1/admin/orders/{orderId}/complete    401 403 403 409
            GET /api/v1/notifications                       401 200 200 200 ?orderId=ORDER
            POST /mock/data-platform/orders                 201 201 201 201 {"orderId":"ORDER","eventType":"ORDER_PRAISED"}
            GET /mock/data-platform/mode                    401 403 403 200
            PUT /mock/data-platform/mode                    401 403 403 200 {"mode":"OK"}
            GET /outbox/api/state                           401 403 403 200
            GET /outbox/api/events                          401 403 403 200
            GET /outbox/api/events/{eventId}                401 403 403 404
            GET /outbox/api/quarantine                      401 403 403 200
            GET /outbox/api/quarantine/impact               401 403 403 200
            GET /outbox/api/pauses                          401 403 403 200
            GET /outbox/api/audit                           401 403 403 200
            GET /outbox/api/audit.csv                       401 403 403 200
            GET /outbox/api/dead-letters                    401 403 403 200 ?consumer=notification
            GET /outbox/api/dead-letters/impact             401 403 403 200 ?consumer=notification
            GET /outbox/api/dead-letters/{eventId}          401 403 403 404 ?consumer=notification
            GET /outbox/api/handlings/{eventId}             401 403 403 200
            GET /outbox/api/replays                         401 403 403 200
            GET /outbox/api/replays/{replayId}              401 403 403 404
            POST /outbox/api/events/{eventId}/approve       401 403 403 409 {"reason":"a test"}
            POST /outbox/api/events/{eventId}/discard       401 403 403 409 {"reason":"a test"}
            POST /outbox/api/events/{eventId}/payload       401 403 403 404 {"reason":"a test"}
            POST /outbox/api/quarantine/approve             401 403 403 200 {"reason":"a test","filter":{"eventType":"NONE"}}
            POST /outbox/api/quarantine/discard             401 403 403 200 {"reason":"a test","filter":{"eventType":"NONE"}}
            POST /outbox/api/pauses                         401 403 403 200 {"reason":"a test","scope":"TOPIC","target":"none"}
            POST /outbox/api/pauses/resume                  401 403 403 200 {"reason":"a test","scope":"TOPIC","target":"none"}
            POST /outbox/api/dead-letters/redrive           401 403 403 200 {"reason":"a test","filter":{"consumer":"notification","eventType":"NONE"}}
            POST /outbox/api/dead-letters/{eventId}/discard 401 403 403 409 {"reason":"a test","consumer":"notification"}
            POST /outbox/api/replays/dry-run                401 403 403 200 {"eventTypes":["NONE"]}
            POST /outbox/api/replays                        401 403 403 400 {"reason":"a test","token":"none","mode":"NORMAL"}
            POST /outbox/api/replays/{replayId}/pause       401 403 403 404 {"reason":"a test"}
            POST /outbox/api/replays/{replayId}/resume      401 403 403 404 {"reason":"a test"}
            POST /outbox/api/replays/{replayId}/cancel      401 403 403 404 {"reason":"a test"}
            GET /actuator                                   401 403 403 200
            GET /actuator/health                            200 200 200 200
            GET /actuator/health/**                         404 404 404 404
            GET /actuator/info                              401 403 403 200
            GET /actuator/metrics                           401 403 403 200
            GET /actuator/metrics/{requiredMetricName}      401 403 403 404
            GET /actuator/prometheus                        401 403 403 200
            GET /v3/api-docs                                200 200 200 200
            GET /v3/api-docs.yaml                           200 200 200 200
            GET /v3/api-docs/swagger-config                 200 200 200 200
            GET /swagger-ui.html                            302 302 302 302
            ANY /error                                      401 404 404 404
            """;

    @Autowired
    ApplicationContext application;

    private String product;
    private String order;
    private List<ShopClient> callers;

    /** An endpoint with what it answers to each caller, and what to ask it with. */
    private record Row(String method, String path, List<Integer> answers, String with) {
        static Row of(String line) {
            String[] cells = line.split("\\s+", 7);
            return new Row(
                    cells[0],
                    cells[1],
                    Stream.of(cells).skip(2).limit(4).map(Integer::valueOf).toList(),
                    cells.length > 6 ? cells[6] : "");
        }

        String endpoint() {
            return method + " " + path;
        }

        String answering(List<Integer> statuses) {
            return "%s %s".formatted(endpoint(), statuses);
        }
    }

    @BeforeEach
    void placeAnOrder(@Value("${local.server.port}") int port) {
        long id = shop.product(100);
        product = Long.toString(id);
        order = shop.order(newKey(), id, 1).text("id");
        callers =
                List.of(ShopClient.anonymous(port), shop, ShopClient.customer(port, "other@example.com"), shop.admin());
    }

    @Test
    void every_endpoint_is_in_the_table() {
        assertThat(endpoints())
                .containsExactlyInAnyOrderElementsOf(rows().map(Row::endpoint).toList());
    }

    @Test
    void every_endpoint_answers_each_caller_as_the_table_says() {
        assertThat(rows().map(row -> row.answering(answers(row))).collect(joining("\n")))
                .isEqualTo(rows().map(row -> row.answering(row.answers())).collect(joining("\n")));
    }

    private static Stream<Row> rows() {
        return TABLE.lines().map(Row::of);
    }

    private List<Integer> answers(Row row) {
        return callers.stream().map(caller -> answer(caller, row)).toList();
    }

    private int answer(ShopClient caller, Row row) {
        String path = row.path()
                .replace("{productId}", product)
                .replace("{orderId}", order)
                .replaceAll("\\{[a-zA-Z]+}", UUID.randomUUID().toString())
                .replace("**", "none");
        String with = row.with()
                .replace("PRODUCT", product)
                .replace("ORDER", order)
                .replace("NEW", UUID.randomUUID().toString());
        return switch (row.method()) {
            case "POST", "PUT", "DELETE" -> caller.status(row.method(), path, with, newKey());
            default -> caller.status(path + with);
        };
    }

    private List<String> endpoints() {
        return application.getBeansOfType(RequestMappingInfoHandlerMapping.class).values().stream()
                .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                .flatMap(PermissionsIntegrationTest::endpoints)
                .distinct()
                .toList();
    }

    private static Stream<String> endpoints(RequestMappingInfo mapping) {
        Set<RequestMethod> methods = mapping.getMethodsCondition().getMethods();
        List<String> names = methods.isEmpty()
                ? List.of("ANY")
                : methods.stream().map(Enum::name).toList();
        return names.stream()
                .flatMap(method -> mapping.getPatternValues().stream().map(path -> method + " " + path));
    }
}
