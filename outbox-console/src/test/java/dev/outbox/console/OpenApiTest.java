package dev.outbox.console;

import static dev.outbox.console.Api.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.OutboxOperations;
import dev.outbox.OutboxReplays;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.InboxHandlings;
import dev.outbox.spi.AccessControl;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springdoc.core.configuration.SpringDocConfiguration;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springdoc.webmvc.core.configuration.SpringDocWebMvcConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** An application with springdoc shows the API among its own. */
@Timeout(60)
class OpenApiTest {
    @RestController
    static class Own {
        @GetMapping("/own")
        String own() {
            return "own";
        }
    }

    @Test
    void every_request_is_described_with_what_it_takes_and_answers() {
        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        JacksonAutoConfiguration.class,
                        HttpMessageConvertersAutoConfiguration.class,
                        DispatcherServletAutoConfiguration.class,
                        WebMvcAutoConfiguration.class,
                        SpringDocConfiguration.class,
                        SpringDocConfigProperties.class,
                        SpringDocWebMvcConfiguration.class,
                        OutboxConsoleAutoConfiguration.class))
                .withBean(Own.class)
                .withBean(AccessControl.class, () -> AccessControl.allowAll("test"))
                .withBean(OutboxOperations.class, () -> unanswered(OutboxOperations.class))
                .withBean(OutboxReplays.class, () -> unanswered(OutboxReplays.class))
                .withBean(DeadLetters.class, () -> unanswered(DeadLetters.class))
                .withBean(InboxHandlings.class, () -> unanswered(InboxHandlings.class))
                .run(context -> {
                    JsonNode api =
                            new Api(context, false).get(NOBODY, "/v3/api-docs").json();
                    assertThat(answers(api))
                            .containsExactlyInAnyOrder(
                                    "GET /outbox/api/state: OutboxState",
                                    "GET /outbox/api/events: EventPage",
                                    "GET /outbox/api/events/{eventId}: EventState",
                                    "GET /outbox/api/quarantine: list of QuarantineGroup",
                                    "GET /outbox/api/quarantine/impact: Impact",
                                    "GET /outbox/api/pauses: list of OutboxPause",
                                    "GET /outbox/api/audit: AuditPage",
                                    "GET /outbox/api/audit.csv: ",
                                    "POST /outbox/api/events/{eventId}/approve: ReasonRequest -> Decided",
                                    "POST /outbox/api/events/{eventId}/discard: ReasonRequest -> Decided",
                                    "POST /outbox/api/events/{eventId}/payload: ReasonRequest -> ShownPayload",
                                    "POST /outbox/api/quarantine/approve: DecisionRequest -> Decision",
                                    "POST /outbox/api/quarantine/discard: DecisionRequest -> Decision",
                                    "POST /outbox/api/pauses: PauseRequest -> Changed",
                                    "POST /outbox/api/pauses/resume: PauseRequest -> Changed",
                                    "GET /outbox/api/dead-letters: DeadLetterPage",
                                    "GET /outbox/api/dead-letters/{eventId}: DeadLetter",
                                    "GET /outbox/api/dead-letters/impact: DeadLetterImpact",
                                    "POST /outbox/api/dead-letters/redrive: RedriveRequest -> RedriveResult",
                                    "POST /outbox/api/dead-letters/{eventId}/discard: DiscardRequest -> Decided",
                                    "GET /outbox/api/handlings/{eventId}: list of InboxHandling",
                                    "GET /outbox/api/replays: list of ReplayAnswer",
                                    "GET /outbox/api/replays/{replayId}: ReplayAnswer",
                                    "POST /outbox/api/replays/dry-run: ReplayPlanRequest -> DryRun",
                                    "POST /outbox/api/replays: ReplayStartRequest -> 201 ReplayAnswer",
                                    "POST /outbox/api/replays/{replayId}/pause: ReasonRequest -> Changed",
                                    "POST /outbox/api/replays/{replayId}/resume: ReasonRequest -> Changed",
                                    "POST /outbox/api/replays/{replayId}/cancel: ReasonRequest -> Changed",
                                    "GET /own: ");
                    JsonNode schemas = api.path("components").path("schemas");
                    assertThat(schemas.path("FilterRequest").path("properties").propertyNames())
                            .containsExactlyInAnyOrder(
                                    "status",
                                    "eventType",
                                    "aggregateType",
                                    "aggregateId",
                                    "topic",
                                    "from",
                                    "until",
                                    "error",
                                    "eventId");
                    assertThat(schemas.path("DeadLetterFilterRequest")
                                    .path("properties")
                                    .propertyNames())
                            .containsExactlyInAnyOrder(
                                    "consumer", "topic", "eventType", "aggregateType", "aggregateId", "eventIds");
                    assertThat(schemas.path("ReplayPlanRequest")
                                    .path("properties")
                                    .propertyNames())
                            .containsExactlyInAnyOrder("from", "until", "aggregateIds", "eventTypes", "eventIds");
                    assertThat(schemas.path("ReplayAnswer").path("properties").propertyNames())
                            .contains("id", "status", "sent", "progress")
                            .doesNotContain("replay");
                    assertThat(schemas.path("EventState").path("properties").propertyNames())
                            .contains("eventId", "status", "error", "createdAt");
                    assertThat(schemas.path("InboxHandling").path("properties").propertyNames())
                            .containsExactlyInAnyOrder(
                                    "consumer", "eventId", "replayId", "status", "attempts", "result", "handledAt");
                    assertThat(schemas.path("ShownPayload").path("properties").propertyNames())
                            .containsExactlyInAnyOrder("contentType", "text", "base64");
                    assertThat(api.path("paths")
                                    .path("/own")
                                    .path("get")
                                    .path("responses")
                                    .propertyNames())
                            .containsExactly("200");
                });
    }

    private static List<String> answers(JsonNode api) {
        List<String> answers = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : api.path("paths").properties())
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                String takes = schema(method.getValue().path("requestBody"));
                answers.add("%s %s: %s%s"
                        .formatted(
                                method.getKey().toUpperCase(Locale.ROOT),
                                path.getKey(),
                                takes.isEmpty() ? "" : takes + " -> ",
                                answer(method.getValue().path("responses"))));
            }
        return answers;
    }

    private static String answer(JsonNode responses) {
        return responses.has("201") ? "201 " + schema(responses.path("201")) : schema(responses.path("200"));
    }

    private static String schema(JsonNode body) {
        for (JsonNode media : body.path("content")) {
            JsonNode schema = media.path("schema");
            return schema.has("items") ? "list of " + name(schema.path("items")) : name(schema);
        }
        return "";
    }

    private static String name(JsonNode schema) {
        String reference = schema.path("$ref").asString("");
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    private static <T> T unanswered(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                OpenApiTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(method.getName());
                }));
    }
}
