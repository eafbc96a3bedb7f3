package dev.outbox.inbox.listener;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.UndecryptablePayloadException;
import dev.outbox.inbox.InboxMessage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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

    private static FailureKind kind(Throwable failure) {
        return FailureKind.of(new ListenerExecutionFailedException("Listener failed", failure));
    }
}
