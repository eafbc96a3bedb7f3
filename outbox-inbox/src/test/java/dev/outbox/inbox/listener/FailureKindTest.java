package dev.outbox.inbox.listener;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.UndecryptablePayloadException;
import dev.outbox.inbox.FailureClassifier.Meaning;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.inbox.deadletter.Classifiers;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.kafka.support.serializer.DeserializationException;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.transaction.CannotCreateTransactionException;

class FailureKindTest {
    @Test
    void what_cannot_be_read_is_hopeless() {
        Throwable foreign =
                catchThrowable(() -> InboxMessage.of(new ConsumerRecord<>("orders", 0, 1, "1", "x".getBytes(UTF_8))));
        assertThat(kind(foreign)).isEqualTo(FailureKind.HOPELESS);
        assertThat(kind(new UndecryptablePayloadException("changed"))).isEqualTo(FailureKind.HOPELESS);
        assertThat(kind(new MessageConversionException("no JSON"))).isEqualTo(FailureKind.HOPELESS);
        assertThat(kind(new DeserializationException("no JSON", new byte[0], false, new IllegalStateException())))
                .isEqualTo(FailureKind.HOPELESS);
    }

    @Test
    void what_comes_back_is_an_outage() {
        assertThat(kind(new MissingEncryptionKeyException("no key", "a", null))).isEqualTo(FailureKind.OUTAGE);
        assertThat(kind(new CannotCreateTransactionException("no connection"))).isEqualTo(FailureKind.OUTAGE);
    }

    @Test
    void in_doubt_it_is_the_record() {
        assertThat(kind(new IllegalStateException("no stock"))).isEqualTo(FailureKind.RECORD);
    }

    @Test
    void what_the_application_says_comes_first() {
        Throwable refused = new IllegalStateException("422");
        Throwable database = new CannotCreateTransactionException("no connection");
        Throwable unreadable = new MessageConversionException("no JSON");
        assertThat(kind(refused, Meaning.OUTAGE)).isEqualTo(FailureKind.OUTAGE);
        assertThat(kind(refused, Meaning.PUT_ASIDE)).isEqualTo(FailureKind.HOPELESS);
        assertThat(kind(database, Meaning.RETRY)).isEqualTo(FailureKind.RECORD);
        assertThat(kind(unreadable, Meaning.OUTAGE)).isEqualTo(FailureKind.OUTAGE);
    }

    @Test
    void where_the_application_has_no_opinion_or_fails_itself_the_own_rules_count() {
        Throwable database = new CannotCreateTransactionException("no connection");
        assertThat(kind(database, (Meaning) null)).isEqualTo(FailureKind.OUTAGE);
        Classifiers failing = new Classifiers(List.of(failure -> {
            throw new IllegalStateException("a mistake");
        }));
        assertThat(FailureKind.of(database, failing)).isEqualTo(FailureKind.OUTAGE);
    }

    private static FailureKind kind(Throwable failure, @Nullable Meaning meaning) {
        return FailureKind.of(
                new ListenerExecutionFailedException("Listener failed", failure),
                new Classifiers(List.of(told -> told == failure ? meaning : null)));
    }

    private static FailureKind kind(Throwable failure) {
        return FailureKind.of(new ListenerExecutionFailedException("Listener failed", failure), Classifiers.NONE);
    }
}
