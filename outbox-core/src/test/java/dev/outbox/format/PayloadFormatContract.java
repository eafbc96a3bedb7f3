package dev.outbox.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.outbox.spi.PayloadFormat;
import dev.outbox.spi.PayloadFormatException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.springframework.core.ParameterizedTypeReference;

/** What JSON of any Jackson has to do; the mappers write dates as text. */
abstract class PayloadFormatContract {
    private static final String SECRET = "s3cr3t";

    abstract PayloadFormat format();

    /** One whose mapper claims to write something else than JSON. */
    abstract PayloadFormat ofAnotherFormat();

    public record Item(String sku, BigDecimal price) {}

    public record OrderPlaced(
            UUID id, Instant at, LocalDate due, OffsetDateTime paid, Duration grace, List<Item> items) {}

    public record Page<T>(int number, T content) {}

    public static final class Throwing {
        public String getName() {
            throw new IllegalStateException(SECRET);
        }
    }

    public static final class Circular {
        public String getName() {
            IllegalStateException first = new IllegalStateException(SECRET);
            first.initCause(new IllegalArgumentException(SECRET, first));
            throw first;
        }
    }

    public static final class Nothing {}

    public record Checked(String name) {
        public Checked {
            throw new IllegalStateException(name);
        }
    }

    @Test
    void a_record_comes_back_and_its_bytes_name_no_class() throws Exception {
        OrderPlaced order = new OrderPlaced(
                UUID.fromString("0197f0a0-0000-7000-8000-000000000001"),
                Instant.parse("2026-11-21T22:30:00.123456Z"),
                LocalDate.parse("2026-12-24"),
                OffsetDateTime.parse("2026-11-21T22:30:00Z"),
                Duration.ofMinutes(90),
                List.of(new Item("A-1", new BigDecimal("12.50"))));
        byte[] bytes = format().serialize(order);
        assertThat(new String(bytes, UTF_8)).isEqualTo("""
                        {"id":"0197f0a0-0000-7000-8000-000000000001","at":"2026-11-21T22:30:00.123456Z","due":"2026-12-24",\
                        "paid":"2026-11-21T22:30:00Z","grace":"PT1H30M","items":[{"sku":"A-1","price":12.50}]}""");
        assertThat(format().deserialize(bytes, OrderPlaced.class)).isEqualTo(order);
        assertThat(format().contentType()).isEqualTo("application/json");
    }

    @Test
    void type_arguments_are_kept() throws Exception {
        List<Map<String, Item>> shelves = List.of(Map.of("top", new Item("A-1", new BigDecimal("12.50"))));
        Type type = new ParameterizedTypeReference<List<Map<String, Item>>>() {}.getType();
        assertThat(format().deserialize(format().serialize(shelves), type)).isEqualTo(shelves);
        Type page = new ParameterizedTypeReference<Page<List<Item>>>() {}.getType();
        Page<List<Item>> one = new Page<>(1, List.of(new Item("A-1", BigDecimal.TEN)));
        assertThat(format().deserialize(format().serialize(one), page)).isEqualTo(one);
    }

    @Test
    void a_value_of_the_wrong_kind_is_told_by_its_type_and_place() {
        assertThat(readProblem("{\"sku\":\"A-1\",\n \"price\":\"%s\"}".formatted(SECRET), Item.class))
                .hasMessage("InvalidFormatException for java.math.BigDecimal at line 2, column 10");
    }

    @Test
    void what_is_no_json_is_told_by_its_place() {
        assertThat(readProblem("{\"sku\": s3cr3t}", Item.class))
                .hasMessageMatching("(StreamReadException|JsonParseException) at line 1, column \\d+");
        assertThat(readProblem("{\"sku\": \"s3cr3t", Item.class))
                .hasMessageMatching("\\w+Exception( for [\\w.$]+)? at line 1, column \\d+(, caused by [\\w.]+)?");
        assertThat(readProblem("", Item.class))
                .hasMessageStartingWith("MismatchedInputException for " + Item.class.getName());
    }

    @Test
    void null_in_json_is_no_object() {
        assertThat(readProblem("null", Item.class)).hasMessage("it is null in JSON");
    }

    @Test
    void an_exception_of_a_constructor_is_told_by_its_class_with_its_stack_trace() {
        PayloadFormatException problem = readProblem("{\"name\":\"%s\"}".formatted(SECRET), Checked.class);
        assertThat(problem)
                .hasMessageStartingWith("ValueInstantiationException")
                .hasMessageEndingWith(", caused by java.lang.IllegalStateException");
        assertThat(problem.getStackTrace()[0].getClassName()).isEqualTo(Checked.class.getName());
    }

    @Test
    void what_cannot_be_written_is_told_by_its_class() {
        assertThat(writeProblem(new Throwing())).hasMessageEndingWith(", caused by java.lang.IllegalStateException");
        assertThat(writeProblem(Map.of(SECRET, new Throwing())))
                .hasMessageEndingWith(", caused by java.lang.IllegalStateException");
        assertThat(writeProblem(new Nothing())).hasMessage("InvalidDefinitionException for " + Nothing.class.getName());
    }

    @Test
    @Timeout(value = 10, threadMode = ThreadMode.SEPARATE_THREAD)
    void causes_that_go_round_in_circles_are_followed_once() {
        assertThat(writeProblem(new Circular())).hasMessageEndingWith(", caused by java.lang.IllegalArgumentException");
    }

    @Test
    void a_mapper_of_another_format_is_refused() {
        assertThatThrownBy(this::ofAnotherFormat)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the mapper writes YAML instead of JSON");
    }

    private PayloadFormatException readProblem(String json, Type type) {
        return withoutSecret(catchThrowableOfType(
                PayloadFormatException.class, () -> format().deserialize(json.getBytes(UTF_8), type)));
    }

    private PayloadFormatException writeProblem(Object payload) {
        return withoutSecret(catchThrowableOfType(PayloadFormatException.class, () -> format().serialize(payload)));
    }

    private static PayloadFormatException withoutSecret(PayloadFormatException problem) {
        StringWriter printed = new StringWriter();
        problem.printStackTrace(new PrintWriter(printed));
        assertThat(printed.toString()).contains("PayloadFormatException").doesNotContain(SECRET);
        return problem;
    }
}
