package dev.outbox.console;

import static dev.outbox.console.Api.NOBODY;
import static dev.outbox.console.RunningConsole.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.outbox.AuditEntry;
import dev.outbox.DryRun;
import dev.outbox.EventPayload;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxReplays;
import dev.outbox.UndecryptablePayloadException;
import dev.outbox.console.Api.Answer;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.RedriveResult;
import dev.outbox.spi.AccessControl;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.HandlerTypePredicate;
import org.springframework.web.servlet.config.annotation.PathMatchConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/** Where the API is, and when there is none; without a database. */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class ConsoleConfigurationTest {
    private static final String START = "{\"token\": \"t\", \"mode\": \"NORMAL\", \"reason\": \"x\"}";
    private static final DryRun NOTHING =
            new DryRun(0, true, 0, List.of(), null, null, List.of(), 0, Instant.EPOCH, "t");
    private static final String PAUSE = "{\"scope\": \"EVERYTHING\", \"reason\": \"maintenance\"}";

    private static final String PAYLOAD = "/outbox/api/events/01999999-0000-7000-8000-000000000001/payload";

    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    private final WebApplicationContextRunner application = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    JacksonAutoConfiguration.class,
                    HttpMessageConvertersAutoConfiguration.class,
                    DispatcherServletAutoConfiguration.class,
                    WebMvcAutoConfiguration.class,
                    OutboxConsoleAutoConfiguration.class));

    private final WebApplicationContextRunner operated = application
            .withBean(AccessControl.class, () -> AccessControl.allowAll("test"))
            .withBean(OutboxOperations.class, () -> operations(Map.of("pauses", List.of(), "pause", true)));

    @Test
    void is_there_with_operations_and_a_web_application() {
        operated.run(context -> {
            assertThat(api(context).get(NOBODY, "/outbox/api/pauses").status()).isEqualTo(200);
            assertThat(post(context, "/outbox/api/pauses", PAUSE).body()).isEqualTo("{\"changed\":true}");
        });
        application.run(context -> assertThat(context).doesNotHaveBean(ReadingController.class));
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(OutboxConsoleAutoConfiguration.class))
                .withBean(OutboxOperations.class, () -> operations(Map.of()))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ReadingController.class));
    }

    private static final String REDRIVE = "{\"reason\": \"repaired\", \"filter\": {\"consumer\": \"notification\"}}";

    @Test
    void an_application_that_only_consumes_has_its_dead_letters_and_their_audit_trail() {
        application
                .withBean(AccessControl.class, () -> AccessControl.allowAll("test"))
                .withBean(DeadLetters.class, ConsoleConfigurationTest::deadLetters)
                .run(context -> {
                    assertThat(api(context)
                                    .get(NOBODY, "/outbox/api/dead-letters?consumer=notification")
                                    .body())
                            .isEqualTo("{\"letters\":[],\"next\":null}");
                    assertThat(post(context, "/outbox/api/dead-letters/redrive", REDRIVE)
                                    .body())
                            .isEqualTo("{\"handled\":1,\"failed\":[],\"outage\":\"\"}");
                    assertThat(api(context).get(NOBODY, "/outbox/api/audit").body())
                            .isEqualTo("{\"lines\":[],\"next\":null}");
                    assertThat(api(context).get(NOBODY, "/outbox/api/events").status())
                            .isEqualTo(404);
                });
    }

    @Test
    void an_application_that_only_publishes_lacks_the_module_of_the_inbox() {
        operated.withClassLoader(new FilteredClassLoader("dev.outbox.inbox")).run(context -> {
            assertThat(api(context).get(NOBODY, "/outbox/api/pauses").status()).isEqualTo(200);
            assertThat(post(context, "/outbox/api/pauses", PAUSE).status()).isEqualTo(200);
            assertProblem(
                    api(context).get(NOBODY, "/outbox/api/events?size=0"), 400, "A page has 1 to 500 entries, not 0.");
            assertThat(api(context)
                            .get(NOBODY, "/outbox/api/dead-letters?consumer=notification")
                            .status())
                    .isEqualTo(404);
        });
        operated.run(context -> assertThat(context)
                .hasSingleBean(ReadingController.class)
                .doesNotHaveBean(DeadLetterReadingController.class)
                .doesNotHaveBean(DeadLetterChangingController.class));
    }

    @Test
    void is_under_the_path_that_the_application_chooses() {
        operated.withPropertyValues("outbox.console.path=/admin/events-out").run(context -> {
            assertThat(api(context).get(NOBODY, "/admin/events-out/api/pauses").status())
                    .isEqualTo(200);
            assertThat(api(context).get(NOBODY, "/outbox/api/pauses").status()).isEqualTo(404);
        });
    }

    @Test
    void stays_there_when_the_application_moves_its_own_controllers() {
        operated.withBean(Moved.class)
                .run(context -> assertThat(
                                api(context).get(NOBODY, "/outbox/api/pauses").status())
                        .isEqualTo(200));
    }

    static final class Moved implements WebMvcConfigurer {
        @Override
        public void configurePathMatch(PathMatchConfigurer configurer) {
            configurer.addPathPrefix("/api/v1", HandlerTypePredicate.forAnnotation(RestController.class));
        }
    }

    @Test
    void a_path_that_is_none_stops_the_start() {
        for (String path : List.of("outbox", "/", "", "/outbox/", "/a//b", "/**", "/{x}"))
            operated.withPropertyValues("outbox.console.path=" + path)
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .hasMessage(
                                    "outbox.console.path is '%s'. Set it to a path of letters, digits, hyphens and underscores that begins with a slash and ends without one, such as /outbox."
                                            .formatted(path)));
    }

    @Test
    void without_anybody_who_says_who_may_do_what_nothing_can_be_changed(CapturedOutput output) {
        application
                .withBean(OutboxOperations.class, () -> operations(Map.of("pauses", List.of())))
                .withBean(DeadLetters.class, ConsoleConfigurationTest::deadLetters)
                .withBean(OutboxReplays.class, () -> replays(Map.of("latest", List.of(), "dryRun", NOTHING)))
                .run(context -> {
                    assertThat(context).doesNotHaveBean(ChangingController.class);
                    assertThat(post(context, "/outbox/api/replays", START).status())
                            .isEqualTo(405);
                    assertThat(post(context, "/outbox/api/replays/%s/cancel".formatted(UUID.randomUUID()), START)
                                    .status())
                            .isEqualTo(404);
                    assertThat(post(context, "/outbox/api/replays/dry-run", "{\"eventTypes\": [\"Paid\"]}")
                                    .status())
                            .isEqualTo(200);
                    assertThat(post(context, "/outbox/api/pauses", PAUSE).status())
                            .isEqualTo(405);
                    assertThat(post(context, "/outbox/api/quarantine/discard", PAUSE)
                                    .status())
                            .isEqualTo(404);
                    assertThat(context).doesNotHaveBean(DeadLetterChangingController.class);
                    assertThat(post(
                                            context,
                                            "/outbox/api/dead-letters/%s/discard".formatted(UUID.randomUUID()),
                                            REDRIVE)
                                    .status())
                            .isEqualTo(404);
                    assertThat(post(context, PAYLOAD, PAUSE).status()).isEqualTo(404);
                });
        assertThat(output)
                .containsOnlyOnce(
                        "/outbox/api refuses every request, and has no requests that change something: this application has neither Spring Security nor an AccessControl of its own. Add Spring Security, or declare a bean of type dev.outbox.spi.AccessControl.");
    }

    @Test
    void no_cache_keeps_a_payload_and_no_log_shows_it(CapturedOutput output) {
        String secret = "s3cr3t of the order";
        EventPayload payload = new EventPayload("application/octet-stream", secret.getBytes(UTF_8));
        ROOT.setLevel(Level.TRACE);
        try {
            for (EventPayload shown : List.of(payload, new EventPayload("text/plain", payload.bytes())))
                application
                        .withBean(AccessControl.class, () -> AccessControl.allowAll("test"))
                        .withBean(OutboxOperations.class, () -> operations(Map.of("payload", Optional.of(shown))))
                        .run(context -> {
                            Answer answer = post(context, PAYLOAD, "{\"reason\": \"ticket 4711\"}");
                            assertThat(answer.body())
                                    .contains(shown == payload ? "czNjcjN0IG9mIHRoZSBvcmRlcg==" : secret);
                            assertThat(answer.cacheControl()).isEqualTo("no-store");
                        });
        } finally {
            ROOT.setLevel(Level.WARN);
        }
        assertThat(output.getAll())
                .as("that everything is logged")
                .contains("ticket 4711", "a payload")
                .doesNotContain(secret, "czNjcjN0IG9mIHRoZSBvcmRlcg==", Arrays.toString(payload.bytes()));
    }

    @Test
    void a_payload_that_somebody_has_changed_is_a_conflict() {
        UndecryptablePayloadException changed = new UndecryptablePayloadException("It cannot be decrypted.");
        application
                .withBean(AccessControl.class, () -> AccessControl.allowAll("test"))
                .withBean(OutboxOperations.class, () -> failing(changed))
                .run(context -> assertProblem(
                        post(context, PAYLOAD, "{\"reason\": \"ticket 4711\"}"), 409, "It cannot be decrypted."));
    }

    @Test
    void a_replay_that_fails_to_start_tells_nothing_but_what_is_wrong_with_the_token() {
        operated.withBean(OutboxReplays.class, () -> replays(Map.of()))
                .run(context -> assertProblem(
                        post(context, "/outbox/api/replays", START),
                        500,
                        "The outbox could not do this. The application's log says why."));
    }

    @RestController
    static class Own {
        @GetMapping("/own")
        String fail() {
            throw new IllegalStateException("ours");
        }
    }

    @RestControllerAdvice
    static class OwnAdvice {
        @ExceptionHandler
        ResponseEntity<String> any(Exception e) {
            return ResponseEntity.status(418).body("own: " + e.getMessage());
        }
    }

    @Test
    void errors_of_the_api_are_problems_and_those_of_the_application_stay_its_own() {
        operated.withBean(Own.class).withBean(OwnAdvice.class).run(context -> {
            Answer failed = api(context).get(NOBODY, "/outbox/api/quarantine");
            assertProblem(failed, 500, "The outbox could not do this. The application's log says why.");
            assertThat(failed.body()).doesNotContain("SELECT", "Exception");
            assertProblem(
                    api(context).get(NOBODY, "/outbox/api/events?size=0"), 400, "A page has 1 to 500 entries, not 0.");
            Answer own = api(context).get(NOBODY, "/own");
            assertThat(own.status()).isEqualTo(418);
            assertThat(own.body()).isEqualTo("own: ours");
        });
    }

    @Test
    void takes_nothing_but_json_which_no_form_of_another_site_sends() {
        operated.run(context -> {
            for (MediaType type : List.of(
                    MediaType.TEXT_PLAIN, MediaType.APPLICATION_FORM_URLENCODED, MediaType.MULTIPART_FORM_DATA)) {
                Answer answer = api(context).postWithoutToken(NOBODY, type, "/outbox/api/pauses", PAUSE);
                assertThat(answer.status()).isEqualTo(415);
                assertThat(answer.type()).isEqualTo("application/problem+json");
            }
        });
    }

    @Test
    void an_export_that_breaks_off_is_not_taken_for_a_whole_one() {
        assertThatThrownBy(() -> exportOf(500)).isInstanceOf(IOException.class);
    }

    @Test
    void an_export_that_fails_before_anything_has_left_is_a_problem() throws Exception {
        HttpResponse<String> answer = exportOf(1);
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.headers().firstValue("Content-Disposition")).isEmpty();
        assertThat(new JsonMapper().readTree(answer.body()).path("detail").asString())
                .isEqualTo("The outbox could not do this. The application's log says why.");
    }

    /** From a real server, whose database has a first page and fails then. */
    private static HttpResponse<String> exportOf(int lines) throws Exception {
        List<AuditEntry> page = IntStream.range(0, lines)
                .mapToObj(i -> new AuditEntry(
                        i, Instant.EPOCH, "olga", "APPROVE", "event", null, "a reason that fills the buffer"))
                .toList();
        OutboxOperations breaking = (OutboxOperations) Proxy.newProxyInstance(
                ConsoleConfigurationTest.class.getClassLoader(),
                new Class<?>[] {OutboxOperations.class},
                (proxy, method, arguments) -> {
                    if (arguments[0].equals(Long.MAX_VALUE)) return page;
                    throw new IllegalStateException("the database is gone");
                });
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Server.class)
                .initializers(application -> application.getBeanFactory().registerSingleton("breaking", breaking))
                .run("--server.port=0")) {
            URI export = URI.create("http://localhost:%s/outbox/api/audit.csv"
                    .formatted(context.getEnvironment().getRequiredProperty("local.server.port")));
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(export).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        JacksonAutoConfiguration.class,
        HttpMessageConvertersAutoConfiguration.class,
        TomcatServletWebServerAutoConfiguration.class,
        DispatcherServletAutoConfiguration.class,
        WebMvcAutoConfiguration.class,
        OutboxConsoleAutoConfiguration.class
    })
    static class Server {}

    /** Answers some calls; the others fail as a database does. */
    private static OutboxOperations operations(Map<String, Object> answers) {
        return (OutboxOperations) Proxy.newProxyInstance(
                ConsoleConfigurationTest.class.getClassLoader(),
                new Class<?>[] {OutboxOperations.class},
                (proxy, method, arguments) -> {
                    if (answers.containsKey(method.getName())) return answers.get(method.getName());
                    throw new IllegalStateException("bad SQL grammar [SELECT secret FROM outbox_events]");
                });
    }

    private static OutboxReplays replays(Map<String, Object> answers) {
        return (OutboxReplays) Proxy.newProxyInstance(
                ConsoleConfigurationTest.class.getClassLoader(),
                new Class<?>[] {OutboxReplays.class},
                (proxy, method, arguments) -> {
                    if (answers.containsKey(method.getName())) return answers.get(method.getName());
                    throw new IllegalArgumentException("the secret is of 31 bytes");
                });
    }

    private static DeadLetters deadLetters() {
        Map<String, Object> answers =
                Map.of("list", List.of(), "audit", List.of(), "redrive", new RedriveResult(1, List.of(), ""));
        return (DeadLetters) Proxy.newProxyInstance(
                ConsoleConfigurationTest.class.getClassLoader(),
                new Class<?>[] {DeadLetters.class},
                (proxy, method, arguments) -> answers.get(method.getName()));
    }

    private static OutboxOperations failing(RuntimeException failure) {
        return (OutboxOperations) Proxy.newProxyInstance(
                ConsoleConfigurationTest.class.getClassLoader(),
                new Class<?>[] {OutboxOperations.class},
                (proxy, method, arguments) -> {
                    throw failure;
                });
    }

    private static Api api(AssertableWebApplicationContext context) {
        return new Api(context, false);
    }

    private static Answer post(AssertableWebApplicationContext context, String path, String json) throws Exception {
        return api(context).postWithoutToken(NOBODY, MediaType.APPLICATION_JSON, path, json);
    }
}
