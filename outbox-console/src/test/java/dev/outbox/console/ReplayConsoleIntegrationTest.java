package dev.outbox.console;

import static dev.outbox.console.Api.NOBODY;
import static dev.outbox.console.Api.OLGA;
import static dev.outbox.console.Api.VICTOR;
import static dev.outbox.console.Api.somebody;
import static dev.outbox.console.RunningConsole.assertProblem;
import static dev.outbox.console.RunningConsole.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.console.Api.Answer;
import dev.outbox.test.TestServers;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.WebApplicationContext;
import tools.jackson.databind.JsonNode;

/** Replays by REST, of the application of {@link RunningConsole}: no relay carries them out, so they stay as operators leave them. */
@Timeout(120)
class ReplayConsoleIntegrationTest {
    private static final String REPLAYS = "/outbox/api/replays";
    private static final String WHY = "{\"reason\": \"the search index is empty\"}";

    /** May do everything and see nothing. */
    private static final RequestPostProcessor OLAF = somebody("olaf", "OUTBOX_OPERATE");

    private static ConfigurableApplicationContext shop;
    private static Api api;

    /** So that tests do not see each other's events. */
    private final String type = "Type" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        shop = RunningConsole.start(TestServers.postgres().createSchema("replays"));
        api = new Api((WebApplicationContext) shop, true);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void what_a_dry_run_shows_is_started_paused_resumed_and_cancelled_with_lines_in_the_audit_trail() throws Exception {
        List<String> ids = published(3);
        Answer shown = dryRun();
        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.json().path("events").asInt()).isEqualTo(3);
        assertThat(shown.json().path("exact").asBoolean()).isTrue();
        assertThat(texts(shown.json().path("sample"), "eventId")).isEqualTo(ids);
        assertThat(shown.body()).doesNotContain("the payload");

        Answer started = api.post(OLGA, REPLAYS, """
                {"token": "%s", "mode": "REPROCESS", "consumers": ["stock"], "eventsPerSecond": 20, "reason": "lost a day"}
                """.formatted(shown.text("token")));
        assertThat(started.status()).isEqualTo(201);
        String replay = REPLAYS + "/" + started.text("id");
        assertThat(started.location()).isEqualTo(replay);
        assertThat(started.json().propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "plan",
                        "upTo",
                        "shownAt",
                        "expected",
                        "exact",
                        "mode",
                        "consumers",
                        "eventsPerSecond",
                        "status",
                        "checkpoint",
                        "sent",
                        "error",
                        "operator",
                        "startedAt",
                        "finishedAt",
                        "progress");
        assertThat(started.text("status")).isEqualTo("RUNNING");
        assertThat(started.text("operator")).isEqualTo("olga");
        assertThat(started.text("startedAt")).matches("\\d{4}-.*Z");
        assertThat(started.json().path("eventsPerSecond").asInt()).isEqualTo(20);
        assertThat(started.json().path("consumers").toString()).isEqualTo("[\"stock\"]");
        assertThat(started.json().path("plan").path("eventTypes").toString()).isEqualTo("[\"%s\"]".formatted(type));

        jdbc().sql("UPDATE outbox_replays SET sent = 1 WHERE id = CAST(:id AS uuid)")
                .param("id", started.text("id"))
                .update();
        Answer found = api.get(VICTOR, replay);
        assertThat(found.status()).isEqualTo(200);
        assertThat(found.json().path("progress").asDouble()).isEqualTo(1.0 / 3);

        for (String step : List.of("pause", "resume", "cancel"))
            assertThat(api.post(OLGA, replay + "/" + step, WHY).body()).as(step).isEqualTo("{\"changed\":true}");
        assertThat(api.get(VICTOR, replay).text("status")).isEqualTo("CANCELLED");
        JsonNode lines = api.get(VICTOR, "/outbox/api/audit?size=4").json().path("lines");
        assertThat(texts(lines, "action"))
                .containsExactly("REPLAY_CANCEL", "REPLAY_RESUME", "REPLAY_PAUSE", "REPLAY_START");
        assertThat(texts(lines, "reason")).endsWith("the search index is empty", "lost a day");
    }

    @Test
    void the_latest_replays_are_listed_first() throws Exception {
        String first = started();
        String second = started();
        Answer two = api.get(VICTOR, REPLAYS + "?size=2");
        assertThat(two.status()).isEqualTo(200);
        assertThat(texts(two.json(), "id")).containsExactly(second, first);
        assertThat(two.json().get(0).path("progress").asDouble()).isZero();
        assertThat(two.json().get(0).path("eventsPerSecond").asInt()).isEqualTo(500);
        assertThat(texts(api.get(VICTOR, REPLAYS).json(), "id")).startsWith(second, first);
    }

    @Test
    void a_replay_that_is_not_in_a_state_for_it_stays_as_it_is() throws Exception {
        String id = started();
        String replay = REPLAYS + "/" + id;
        assertNotInState(api.post(OLGA, replay + "/resume", WHY), id, "paused");
        api.post(OLGA, replay + "/pause", WHY);
        assertNotInState(api.post(OLGA, replay + "/pause", WHY), id, "running");
        assertNotInState(api.post(OLAF, replay + "/pause", WHY), id, "running");
        assertThat(api.get(VICTOR, replay).text("status")).isEqualTo("PAUSED");
        api.post(OLGA, replay + "/cancel", WHY);
        assertNotInState(api.post(OLGA, replay + "/cancel", WHY), id, "running or paused");
    }

    private static void assertNotInState(Answer answer, String id, String state) {
        assertProblem(
                answer,
                409,
                "Replay %s is not %s: somebody else was quicker, it has ended, or it never was. Nothing was changed; look at its state."
                        .formatted(id, state));
    }

    @Test
    void who_means_a_replay_that_is_not_there_is_told_so_unless_they_may_not_see_it() throws Exception {
        String id = UUID.randomUUID().toString();
        String replay = REPLAYS + "/" + id;
        for (Answer answer : List.of(
                api.get(VICTOR, replay),
                api.post(OLGA, replay + "/pause", WHY),
                api.post(OLGA, replay + "/resume", WHY),
                api.post(OLGA, replay + "/cancel", WHY)))
            assertProblem(
                    answer,
                    404,
                    "There is no replay %s: none was started with this id on the tables of this application. List the latest ones."
                            .formatted(id));
        assertNotInState(api.post(OLAF, replay + "/cancel", WHY), id, "running or paused");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {}                                     | from         | A replay needs a period, aggregate ids, event types or event ids. Give one of its ends for a period that is open at the other.
            {"from": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"} | until | The period ends at 2026-01-01T00:00:00Z, before it begins at 2026-01-02T00:00:00Z.
            {"from": "yesterday"}                  | from         | 'yesterday' is no time. Write it like 2026-11-21T10:15:30Z.
            {"evenTypes": ["Paid"]}                | evenTypes    | There is no such condition. The conditions are aggregateIds, eventIds, eventTypes, from, until.
            {"eventIds": ["17"]}                   | eventIds     | '17' is not allowed. It has to be a UUID, such as 01234567-89ab-cdef-0123-456789abcdef.
            {"eventTypes": ["Paid"], "aggregateIds": [""]} | aggregateIds | One of its values is empty. Correct it, or leave it out.
            {"eventTypes": ["Paid", null]}         | eventTypes   | One of its values is empty. Correct it, or leave it out.
            {"aggregateIds": ["a\\u0000b"]}        | aggregateIds | It holds the character U+0000, which no text of an event has.
            """)
    void a_plan_that_is_not_understood_is_told_what_is_allowed(String plan, String field, String sentence)
            throws Exception {
        Answer answer = api.post(VICTOR, REPLAYS + "/dry-run", plan);
        assertProblem(answer, 400, sentence);
        assertThat(answer.text("field")).isEqualTo(field);
    }

    @Test
    void a_plan_that_names_too_much_is_told_where() throws Exception {
        String many = IntStream.rangeClosed(0, 1_000)
                .mapToObj(i -> "\"" + new UUID(0, i) + "\"")
                .collect(Collectors.joining(", ", "[", "]"));
        for (String field : List.of("aggregateIds", "eventTypes", "eventIds")) {
            Answer answer = api.post(VICTOR, REPLAYS + "/dry-run", "{\"%s\": %s}".formatted(field, many));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text("field")).isEqualTo(field);
            assertThat(answer.text("detail"))
                    .matches("A replay names at most 1000 (aggregate|event) (ids|types), not 1001\\. .*");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {"mode": "NORMAL", "reason": "x"}                 | token     | It is missing. Make a dry run, and start with the token that it returns.
            {"token": "t", "mode": "NORMAL", "reason": "x"}   | token     | This is no token of a dry run on these tables: it was changed, or comes from another database. Make a dry run, and start with the token that it returns.
            {"token": "t", "reason": "x"}                     | mode      | Nothing is not known. It is one of NORMAL, READ_ONLY, REPROCESS.
            {"token": "t", "mode": "QUIET", "reason": "x"}    | mode      | 'QUIET' is not known. It is one of NORMAL, READ_ONLY, REPROCESS.
            {"token": "t", "mode": "REPROCESS", "reason": "x"} | consumers | A replay to be handled again has to name the consumers that are to do so: nobody else does anything.
            {"token": "t", "mode": "NORMAL", "consumers": ["stock"], "reason": "x"} | consumers | Only a replay in mode REPROCESS names consumers; in mode NORMAL all do the same. Name none, or change the mode.
            {"token": "t", "mode": "REPROCESS", "consumers": ["a,b"], "reason": "x"} | consumers | 'a,b' is no name of a consumer.
            {"token": "t", "mode": "NORMAL", "eventsPerSecond": 0, "reason": "x"} | eventsPerSecond | A replay sends 1 to 1000000 events in a second, not 0.
            {"token": "t", "mode": "NORMAL", "eventPerSecond": 1, "reason": "x"} | eventPerSecond | There is no such part of a start. The parts are consumers, eventsPerSecond, mode, reason, token.
            {"token": "t", "mode": "NORMAL"}                  | reason    | The audit trail needs a reason of 1 to 500 characters; this one has 0.
            """)
    void a_start_that_is_not_understood_is_told_what_is_allowed(String start, String field, String sentence)
            throws Exception {
        Answer answer = api.post(OLGA, REPLAYS, start);
        assertProblem(answer, 400, sentence);
        assertThat(answer.text("field")).isEqualTo(field);
    }

    @Test
    void nothing_is_done_without_a_reason() throws Exception {
        String replay = REPLAYS + "/" + started();
        for (String step : List.of("pause", "resume", "cancel"))
            assertProblem(
                    api.post(OLGA, replay + "/" + step, "{\"reason\": \" \"}"),
                    400,
                    "The audit trail needs a reason of 1 to 500 characters; this one has 0.");
        assertThat(api.get(VICTOR, replay).text("status")).isEqualTo("RUNNING");
    }

    @Test
    void a_list_or_an_id_that_is_none_is_told_what_is_allowed() throws Exception {
        assertProblem(api.get(VICTOR, REPLAYS + "?size=501"), 400, "A page has 1 to 500 entries, not 501.");
        Answer answer = api.get(VICTOR, REPLAYS + "/17");
        assertProblem(
                answer, 400, "'17' is not allowed. It has to be a UUID, such as 01234567-89ab-cdef-0123-456789abcdef.");
        assertThat(answer.text("field")).isEqualTo("replayId");
    }

    @Test
    void who_may_only_see_starts_and_changes_nothing_and_who_may_not_see_is_shown_nothing() throws Exception {
        String replay = REPLAYS + "/" + started();
        int before = api.get(VICTOR, REPLAYS).json().size();
        String sentence =
                "%s is required, and '%s' does not have it. Grant the authority %1$s to those who operate the outbox.";
        for (Answer answer : List.of(
                start(VICTOR, dryRun().text("token")),
                start(VICTOR, "not even a token"),
                api.post(VICTOR, replay + "/pause", WHY),
                api.post(VICTOR, replay + "/resume", WHY),
                api.post(VICTOR, replay + "/cancel", WHY)))
            assertProblem(answer, 403, sentence.formatted("OUTBOX_OPERATE", "victor"));
        for (Answer answer : List.of(
                api.post(OLAF, REPLAYS + "/dry-run", plan()),
                api.get(OLAF, REPLAYS),
                api.get(OLAF, replay),
                api.get(OLAF, "/outbox/api/state")))
            assertProblem(answer, 403, sentence.formatted("OUTBOX_VIEW", "olaf"));
        assertThat(api.get(VICTOR, REPLAYS).json()).hasSize(before);
        assertThat(api.get(VICTOR, replay).text("status")).isEqualTo("RUNNING");
    }

    @Test
    void spring_security_turns_away_who_is_not_logged_in_and_what_has_no_csrf_token() throws Exception {
        String replay = REPLAYS + "/" + started();
        assertThat(api.get(NOBODY, REPLAYS).status()).isEqualTo(401);
        assertThat(api.post(NOBODY, REPLAYS + "/dry-run", plan()).status()).isEqualTo(401);
        for (String path : List.of(REPLAYS, REPLAYS + "/dry-run", replay + "/cancel")) {
            Answer forged = api.postWithoutToken(OLGA, MediaType.APPLICATION_JSON, path, WHY);
            assertThat(forged.status()).as(path).isEqualTo(403);
        }
        assertThat(api.get(VICTOR, replay).text("status")).isEqualTo("RUNNING");
    }

    private String started() throws Exception {
        Answer started = start(OLGA, dryRun().text("token"));
        assertThat(started.status()).as(started.body()).isEqualTo(201);
        return started.text("id");
    }

    private static Answer start(RequestPostProcessor who, String token) throws Exception {
        return api.post(
                who, REPLAYS, "{\"token\": \"%s\", \"mode\": \"READ_ONLY\", \"reason\": \"x\"}".formatted(token));
    }

    private Answer dryRun() throws Exception {
        return api.post(VICTOR, REPLAYS + "/dry-run", plan());
    }

    private String plan() {
        return "{\"eventTypes\": [\"%s\"], \"from\": \"2026-01-01T00:00:00Z\"}".formatted(type);
    }

    private List<String> published(int events) {
        OutboxPublisher publisher = shop.getBean(OutboxPublisher.class);
        List<String> ids = Objects.requireNonNull(shop.getBean(TransactionTemplate.class)
                .execute(status -> IntStream.range(0, events)
                        .mapToObj(i -> publisher.publish(OutboxMessage.of("Order", "A" + i, type, "the payload")))
                        .map(UUID::toString)
                        .toList()));
        jdbc().sql("UPDATE outbox_events SET status = 'PUBLISHED', published_at = created_at WHERE event_type = :type")
                .param("type", type)
                .update();
        return ids;
    }

    private static JdbcClient jdbc() {
        return shop.getBean(JdbcClient.class);
    }
}
