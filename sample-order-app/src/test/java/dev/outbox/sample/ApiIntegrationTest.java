package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.outbox.sample.ShopClient.Answer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Products, and what is answered to requests that are wrong. */
class ApiIntegrationTest extends RunningShop {
    private static final String ITEMS = "{\"items\":[{\"productId\":1,\"quantity\":1}]}";

    @Test
    void a_product_can_be_created_and_read() {
        String sku = UUID.randomUUID().toString();
        Answer created = shop.admin()
                .post(
                        "/api/v1/admin/products",
                        "{\"sku\":\"%s\",\"name\":\"Tea\",\"price\":3.5,\"stock\":0}".formatted(sku));
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.body().get("price").decimalValue()).isEqualByComparingTo("3.50");
        assertThat(created.body().get("soldOut").asBoolean()).isTrue();
        for (String counted : List.of("likes", "sales", "views"))
            assertThat(created.body().get(counted).asLong()).as(counted).isZero();
        assertThat(shop.get("/api/v1/products?size=100").body().get("items").valueStream())
                .contains(created.body());
        assertThat(shop.get("/api/v1/products/" + created.body().get("id").asLong())
                        .body())
                .as("what is shown to the first who looks at it")
                .isEqualTo(created.body());
    }

    @Test
    void a_sku_is_used_once() {
        String body = "{\"sku\":\"%s\",\"name\":\"Tea\",\"price\":3,\"stock\":1}".formatted(UUID.randomUUID());
        shop.admin().post("/api/v1/admin/products", body);
        expect(shop.admin().post("/api/v1/admin/products", body), 409, "SKU_TAKEN", "/api/v1/admin/products");
    }

    @Test
    void a_product_has_no_control_characters() {
        String body = "{\"sku\":\"a\\u0000\",\"name\":\"b\\n\",\"price\":3,\"stock\":1}";
        Answer answer = shop.admin().post("/api/v1/admin/products", body);
        expect(answer, 400, "VALIDATION_ERROR", "/api/v1/admin/products");
        assertThat(answer.body().get("details").valueStream())
                .extracting(
                        detail -> detail.get("field").asString(),
                        detail -> detail.get("problem").asString())
                .containsExactlyInAnyOrder(
                        tuple("sku", "must not have control characters"),
                        tuple("name", "must not have control characters"));
    }

    @Test
    void everybody_sees_whether_it_is_up_and_an_admin_why() {
        Answer everybody = shop.with("").get("/actuator/health");
        assertThat(everybody.status()).isEqualTo(200);
        assertThat(everybody.body().has("components")).isFalse();
        assertThat(shop.admin().get("/actuator/health").body().get("components").propertyNames())
                .contains("db", "outbox", "redis");
    }

    @Test
    void an_order_needs_an_idempotency_key_of_at_most_100_characters() {
        Answer missing = shop.post("/api/v1/orders", ITEMS);
        expect(missing, 400, "VALIDATION_ERROR", "/api/v1/orders");
        assertThat(field(missing)).isEqualTo("Idempotency-Key");
        assertThat(field(shop.post("/api/v1/orders", ITEMS, "Idempotency-Key", "k".repeat(101))))
                .isEqualTo("Idempotency-Key");
        assertThat(field(shop.post("/api/v1/orders", ITEMS, "Idempotency-Key", " ")))
                .isEqualTo("Idempotency-Key");
    }

    @Test
    void an_order_needs_items_with_a_product_and_a_quantity() {
        assertThat(field(order("{}"))).isEqualTo("items");
        assertThat(field(order("{\"items\":[]}"))).isEqualTo("items");
        assertThat(field(order("{\"items\":[null]}"))).isEqualTo("items[0]");
        assertThat(field(order("{\"items\":[{\"productId\":1}]}"))).isEqualTo("items[0].quantity");
        assertThat(field(order("{\"items\":[{\"productId\":1,\"quantity\":-1}]}")))
                .isEqualTo("items[0].quantity");
        assertThat(field(order("{\"items\":[{\"quantity\":1}]}"))).isEqualTo("items[0].productId");
    }

    @Test
    void a_body_that_is_no_order_is_malformed() {
        expect(order("{\"items\":"), 400, "MALFORMED_REQUEST", "/api/v1/orders");
        expect(order(""), 400, "MALFORMED_REQUEST", "/api/v1/orders");
        expect(order("{\"items\":[{\"productId\":1,\"quantity\":1.5}]}"), 400, "MALFORMED_REQUEST", "/api/v1/orders");
        Answer otherType = order("{\"items\":[{\"productId\":\"x\",\"quantity\":1}]}");
        expect(otherType, 400, "MALFORMED_REQUEST", "/api/v1/orders");
        assertThat(otherType.body().at("/details/0/field").asString()).isEqualTo("items[0].productId");
    }

    @Test
    void what_does_not_exist_is_not_found() {
        String order = "/api/v1/orders/" + UUID.randomUUID();
        expect(shop.get(order), 404, "ORDER_NOT_FOUND", order);
        expect(shop.get("/api/v1/products/0"), 404, "PRODUCT_NOT_FOUND", "/api/v1/products/0");
        for (Answer answer : List.of(shop.like(0), shop.unlike(0)))
            expect(answer, 404, "PRODUCT_NOT_FOUND", "/api/v1/products/0/likes");
        expect(shop.order(newKey(), 999_999, 1), 404, "PRODUCT_NOT_FOUND", "/api/v1/orders");
        expect(shop.get("/api/v1/elsewhere"), 404, "NOT_FOUND", "/api/v1/elsewhere");
        expect(shop.get("/error"), 404, "NOT_FOUND", "/error");
    }

    @Test
    void parameters_of_a_wrong_kind_are_named() {
        assertThat(field(shop.get("/api/v1/orders/not-an-id"))).isEqualTo("orderId");
        assertThat(field(shop.get("/api/v1/orders?size=0"))).isEqualTo("size");
        assertThat(field(shop.get("/api/v1/products?page=-1"))).isEqualTo("page");
        assertThat(field(shop.get("/api/v1/products?page=2147483647"))).isEqualTo("page");
        assertThat(field(shop.get("/api/v1/orders?page=10001"))).isEqualTo("page");
        assertThat(field(shop.get("/api/v1/notifications"))).isEqualTo("orderId");
    }

    @Test
    void a_method_that_is_not_offered_is_refused() {
        Answer answer = shop.post("/api/v1/products", "{}");
        expect(answer, 405, "METHOD_NOT_ALLOWED", "/api/v1/products");
        assertThat(answer.headers().firstValue("Allow")).hasValue("GET");
    }

    @Test
    void who_takes_no_json_is_told_so_in_json() {
        String credentials =
                ShopClient.credentials(LocalOrderApplication.ADMIN_EMAIL, LocalOrderApplication.ADMIN_PASSWORD);
        Answer answer = shop.post("/api/v1/auth/login", credentials, "Accept", "application/xml");
        expect(answer, 406, "NOT_ACCEPTABLE", "/api/v1/auth/login");
    }

    @Test
    void another_media_type_than_json_is_refused() {
        Answer answer = shop.post("/api/v1/orders", ITEMS, "Content-Type", "text/plain", "Idempotency-Key", newKey());
        expect(answer, 415, "UNSUPPORTED_MEDIA_TYPE", "/api/v1/orders");
    }

    @Test
    void the_interface_describes_itself() {
        JsonNode paths = shop.get("/v3/api-docs").body().get("paths");
        assertThat(paths.propertyNames())
                .contains(
                        "/api/v1/orders",
                        "/api/v1/orders/{orderId}/cancel",
                        "/api/v1/admin/orders/{orderId}/complete",
                        "/api/v1/products",
                        "/api/v1/products/{productId}/likes",
                        "/api/v1/notifications",
                        "/api/v1/admin/products");
        assertThat(paths.at("/~1api~1v1~1orders/post/description").asString()).contains("Idempotent-Replayed");
        assertThat(paths.at("/~1api~1v1~1orders/get/parameters").valueStream())
                .extracting(parameter -> parameter.get("name").asString())
                .as("the caller is known by the token")
                .containsExactlyInAnyOrder("page", "size");
        assertThat(shop.status("/swagger-ui/index.html")).isEqualTo(200);
    }

    @Test
    void the_description_tells_how_to_authorize() {
        JsonNode api = shop.get("/v3/api-docs").body();
        assertThat(api.at("/components/securitySchemes/token/scheme").asString())
                .isEqualTo("bearer");
        assertThat(api.at("/security/0").propertyNames()).containsExactly("token");
        assertThat(security(api, "/~1api~1v1~1orders/post").isMissingNode())
                .as("as everywhere")
                .isTrue();
        for (String open :
                List.of("/~1api~1v1~1auth~1register/post", "/~1api~1v1~1auth~1login/post", "/~1api~1v1~1products/get"))
            assertThat(security(api, open)).as(open).isEmpty();
    }

    @Test
    void the_description_tells_how_errors_look() {
        JsonNode api = shop.get("/v3/api-docs").body();
        JsonNode errors = api.at("/paths/~1api~1v1~1admin~1products/post/responses");
        assertThat(errors.propertyNames()).contains("400", "401", "403", "default");
        assertThat(errors.at("/401/content/application~1json/schema/$ref").asString())
                .isEqualTo("#/components/schemas/ApiError");
        assertThat(api.at("/components/schemas/ApiError/properties").propertyNames())
                .containsExactlyInAnyOrder("timestamp", "path", "code", "message", "details");
        assertThat(api.at("/paths/~1api~1v1~1auth~1login/post/responses").propertyNames())
                .doesNotContain("403");
    }

    private static JsonNode security(JsonNode api, String operation) {
        return api.at("/paths" + operation + "/security");
    }

    private Answer order(String body) {
        return shop.post("/api/v1/orders", body, "Idempotency-Key", newKey());
    }

    private static String field(Answer answer) {
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("code")).isEqualTo("VALIDATION_ERROR");
        assertThat(answer.body().get("details")).hasSize(1);
        return answer.body().get("details").get(0).get("field").asString();
    }

    private static void expect(Answer answer, int status, String code, String path) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body().propertyNames())
                .containsExactlyInAnyOrder("timestamp", "path", "code", "message", "details");
        assertThat(answer.text("code")).isEqualTo(code);
        assertThat(answer.text("path")).isEqualTo(path);
        assertThat(answer.text("message")).isNotBlank();
        assertThat(Instant.parse(answer.text("timestamp"))).isBeforeOrEqualTo(Instant.now());
        assertThat(answer.body().get("details").isArray()).isTrue();
    }
}
