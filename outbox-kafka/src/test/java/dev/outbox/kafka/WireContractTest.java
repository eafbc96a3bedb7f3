package dev.outbox.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.outbox.ReplayMode;
import dev.outbox.spi.OutboxRecord;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** docs/wire-contract.md and a record have the same headers. */
class WireContractTest {
    private static final Path PAGE = Path.of("../docs/wire-contract.md");
    private static final Pattern ROW =
            Pattern.compile("^\\| `([^`]+)` \\| .+ \\| ([^|]+) \\| `(.+)` \\| ([^|]+) \\|$", Pattern.MULTILINE);
    private static final Pattern OF_REPLAYS =
            Pattern.compile("^\\| `(ce_replay\\w+)` \\| [^|]+ \\| `([^`]+)` \\|$", Pattern.MULTILINE);
    private static final String ALWAYS = "always";

    private record Row(String header, String type, String example, String present) {}

    private static final Map<String, String> APPLICATIONS = Map.of(
            "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "requestid", "7f6c1e0a",
            "tenant", "a");

    @Test
    void the_page_has_the_headers_of_a_record_with_everything() throws IOException {
        Map<String, String> documented = new LinkedHashMap<>();
        rows(row -> true).forEach(row -> documented.put(row.header(), row.example()));
        assertThat(headers(event(7L, "2026-11", APPLICATIONS))).isEqualTo(documented);
    }

    @Test
    void a_record_with_nothing_special_has_what_the_page_says_is_always_there() throws IOException {
        assertThat(headers(event(null, null, Map.of())).keySet())
                .containsExactlyInAnyOrderElementsOf(rows(row -> row.present().equals(ALWAYS)).stream()
                        .map(Row::header)
                        .toList());
    }

    @Test
    void the_examples_are_of_the_type_that_the_page_gives() throws IOException {
        assertThat(rows(row -> true))
                .allSatisfy(row -> assertThatCode(() -> parse(row)).doesNotThrowAnyException());
    }

    /** What a copy carries is read in ReplayContract; here, that the page names it, and that nothing else carries it. */
    @Test
    void the_headers_of_replays_are_on_the_page_and_on_no_other_record() throws IOException {
        Map<String, String> documented = new LinkedHashMap<>();
        Matcher row = OF_REPLAYS.matcher(Files.readString(PAGE));
        while (row.find()) documented.put(row.group(1), row.group(2));
        assertThat(documented)
                .containsOnlyKeys("ce_replayid", "ce_replaymode", "ce_replayconsumers")
                .containsEntry("ce_replaymode", ReplayMode.READ_ONLY.header());
        assertThat(headers(event(7L, "2026-11", APPLICATIONS)).keySet())
                .doesNotContainAnyElementsOf(documented.keySet());
    }

    private static Object parse(Row row) {
        return switch (row.type()) {
            case "text", "media type" -> row.example();
            case "UUID" -> UUID.fromString(row.example());
            case "URI reference" -> URI.create(row.example());
            case "timestamp" -> Instant.parse(row.example());
            case "integer" -> Long.valueOf(row.example());
            default -> throw new IllegalArgumentException("what is a " + row.type() + "?");
        };
    }

    private static List<Row> rows(Predicate<Row> which) throws IOException {
        List<Row> rows = new ArrayList<>();
        Matcher row = ROW.matcher(Files.readString(PAGE));
        while (row.find()) rows.add(new Row(row.group(1), row.group(2), row.group(3), row.group(4)));
        return rows.stream().filter(which).toList();
    }

    private static Map<String, String> headers(OutboxRecord event) {
        Map<String, String> headers = new LinkedHashMap<>();
        new KafkaRecords("/shop")
                .of(event)
                .headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        return headers;
    }

    private static OutboxRecord event(@Nullable Long version, @Nullable String keyId, Map<String, String> headers) {
        return new OutboxRecord(
                42,
                UUID.fromString("01999999-0000-7000-8000-000000000000"),
                "Order",
                "4711",
                version,
                "OrderPlaced",
                "orders",
                "application/json",
                "{}".getBytes(UTF_8),
                headers,
                keyId,
                Instant.parse("2026-11-21T08:00:00.123456Z"));
    }
}
