package dev.outbox.inbox.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.UndecryptablePayloadException;
import java.time.LocalDate;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.listener.ListenerExecutionFailedException;

class FailureCauseTest {
    private static final String CARD = "four" + "-".repeat(4);

    private final ConsumerRecord<String, byte[]> record =
            new ConsumerRecord<>("orders", 0, 1, "1", "{\"card\":\"4111-1111\",\"orderId\":7}".getBytes(UTF_8));

    private String text(Throwable failure) {
        return FailureCause.of(failure, record).text();
    }

    @Test
    void class_and_message_of_what_was_thrown_and_of_its_root() {
        IllegalStateException failure = new IllegalStateException(
                "the order has no customer", new RuntimeException("in between", new Exception("no rows")));
        assertThat(text(failure))
                .isEqualTo(
                        "java.lang.IllegalStateException: the order has no customer (caused by java.lang.Exception: no rows)");
        assertThat(text(new IllegalStateException())).isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void what_is_wrapped_around_it_is_left_out() {
        Exception failure = new ListenerExecutionFailedException(
                "Listener failed", new CompletionException(new IllegalStateException("the order has no customer")));
        assertThat(text(failure)).isEqualTo("java.lang.IllegalStateException: the order has no customer");
        assertThat(FailureCause.of(failure, record).exception()).isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void parsers_and_databases_quote_what_they_complain_of_so_that_the_class_has_to_do() {
        assertThat(text(thrownBy(() -> LocalDate.parse(CARD)))).isEqualTo("java.time.format.DateTimeParseException");
        assertThat(text(thrownBy(() -> Integer.parseInt(CARD)))).isEqualTo("java.lang.NumberFormatException");
        assertThat(text(new IllegalStateException("cannot read 4111", thrownBy(() -> Integer.parseInt(CARD)))))
                .as("a message often has that of its cause in it")
                .isEqualTo("java.lang.IllegalStateException (caused by java.lang.NumberFormatException)");
        assertThat(text(new DataIntegrityViolationException("Key (card)=(4111) already exists")))
                .isEqualTo("org.springframework.dao.DataIntegrityViolationException");
    }

    @Test
    void a_message_with_something_of_the_payload_between_quotation_marks_or_behind_a_colon_is_left_out() {
        assertThat(text(new IllegalArgumentException("Unknown card: 4111-1111")))
                .isEqualTo("java.lang.IllegalArgumentException");
        assertThat(text(new IllegalArgumentException("The card '4111-1111' is unknown")))
                .isEqualTo("java.lang.IllegalArgumentException");
        assertThat(text(new IllegalArgumentException("Invalid UUID string: abcdef")))
                .isEqualTo("java.lang.IllegalArgumentException: Invalid UUID string: abcdef");
        assertThat(text(new IllegalArgumentException("The order has no card")))
                .as("a name of the payload is not its contents")
                .isEqualTo("java.lang.IllegalArgumentException: The order has no card");
    }

    @Test
    void of_an_encrypted_event_only_the_messages_of_the_outbox_itself_are_kept() {
        record.headers().add("ce_encryptionkeyid", "a".getBytes(UTF_8));
        assertThat(text(new IllegalStateException("the order has no customer")))
                .isEqualTo("java.lang.IllegalStateException");
        assertThat(text(new UndecryptablePayloadException("The payload cannot be decrypted.")))
                .isEqualTo("dev.outbox.UndecryptablePayloadException: The payload cannot be decrypted.");
    }

    @Test
    void a_long_text_is_cut_between_characters_and_has_nothing_that_a_database_refuses() {
        int prefix = "java.lang.Exception: ".length();
        String text = text(new Exception("\0" + "x".repeat(1998 - prefix - 1) + "😀".repeat(10)));
        assertThat(text).hasSize(1999).endsWith("x…").doesNotContain("\0");
        assertThat(text(new Exception("x".repeat(3000)))).hasSize(2000);
    }

    @Test
    void causes_that_go_round_in_circles_come_to_an_end() {
        Exception first = new Exception("first");
        Exception second = new Exception("second", first);
        first.initCause(second);
        assertThat(text(second)).contains("second");
    }

    private static Exception thrownBy(Callable<?> action) {
        try {
            throw new IllegalStateException("nothing was thrown: " + action.call() + UUID.randomUUID());
        } catch (Exception e) {
            return e;
        }
    }
}
