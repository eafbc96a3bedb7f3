package dev.outbox.inbox.listener;

import dev.outbox.UndecryptablePayloadException;
import dev.outbox.inbox.FailureClassifier.Meaning;
import dev.outbox.inbox.InvalidInboxRecordException;
import dev.outbox.inbox.deadletter.Causes;
import dev.outbox.inbox.deadletter.Classifiers;
import dev.outbox.inbox.deadletter.Outage;
import org.springframework.kafka.support.converter.ConversionException;
import org.springframework.kafka.support.serializer.DeserializationException;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.handler.invocation.MethodArgumentResolutionException;

/** What a failure of a listener says about the record. */
enum FailureKind {
    /** Nothing: what is missing comes back, and the record is handled then. */
    OUTAGE,
    /** It may be handled yet. In doubt it is this. */
    RECORD,
    /** It will never be handled: it cannot be read, or the application says so. */
    HOPELESS;

    /** What the application says, and else the inbox's own rules. */
    static FailureKind of(Throwable failure, Classifiers classifiers) {
        Meaning meaning = classifiers.meaning(failure);
        return meaning == null ? byOwnRules(failure) : of(meaning);
    }

    private static FailureKind of(Meaning meaning) {
        return switch (meaning) {
            case OUTAGE -> OUTAGE;
            case RETRY -> RECORD;
            case PUT_ASIDE -> HOPELESS;
        };
    }

    private static FailureKind byOwnRules(Throwable failure) {
        for (Throwable cause : Causes.of(failure)) {
            if (isUnreadable(cause)) return HOPELESS;
        }
        return Outage.isBehind(failure) ? OUTAGE : RECORD;
    }

    private static boolean isUnreadable(Throwable cause) {
        return cause instanceof UndecryptablePayloadException
                || cause instanceof UnreadablePayloadException
                || cause instanceof InvalidInboxRecordException
                || cause instanceof DeserializationException
                || cause instanceof ConversionException
                || cause instanceof MessageConversionException
                || cause instanceof MethodArgumentResolutionException;
    }
}
