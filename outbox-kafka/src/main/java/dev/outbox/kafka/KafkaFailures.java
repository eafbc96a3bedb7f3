package dev.outbox.kafka;

import dev.outbox.spi.SendException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.BrokerNotAvailableException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidMetadataException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RebootstrapRequiredException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** What a failed send says something about: the event, its topic, or the broker. In doubt, the event. */
final class KafkaFailures {
    private KafkaFailures() {}

    static SendException classify(Throwable failure) {
        if (isOfTheRecordItself(failure)) return SendException.ofEventForGood(failure);
        if (isOfTheTopic(failure)) return SendException.ofTopic(failure);
        if (isOfTheBroker(failure)) return SendException.ofBroker(failure);
        return SendException.ofEvent(failure);
    }

    private static boolean isOfTheRecordItself(Throwable failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof SerializationException
                || failure instanceof PolicyViolationException
                || failure instanceof UnsupportedForMessageFormatException;
    }

    private static boolean isOfTheTopic(Throwable failure) {
        // The producer waits for the metadata of a missing topic until max.block.ms, and tells why only in the cause.
        if (failure instanceof TimeoutException) return failure.getCause() != null && isOfTheTopic(failure.getCause());
        return failure instanceof TopicAuthorizationException
                || failure instanceof InvalidTopicException
                || failure instanceof NotEnoughReplicasException
                || failure instanceof NotEnoughReplicasAfterAppendException
                // the record's time is that of the send: the clocks differ by more than the topic allows
                || failure instanceof InvalidTimestampException
                || (failure instanceof InvalidMetadataException && !(failure instanceof NetworkException));
    }

    private static boolean isOfTheBroker(Throwable failure) {
        return isSilence(failure)
                || failure instanceof RetriableException
                // of something else than the topic, which was asked before: never the event's own fault
                || failure instanceof AuthorizationException
                || failure instanceof BrokerNotAvailableException
                || failure instanceof RebootstrapRequiredException
                || failure instanceof UnsupportedCompressionTypeException
                || failure instanceof OutOfOrderSequenceException
                || failure instanceof InvalidProducerEpochException
                || failure instanceof InterruptException
                || isOfTheProducer(failure)
                || isOfABatchMate(failure);
    }

    /** No answer: of the broker, or of the partition's leader alone. */
    static boolean isSilence(Throwable failure) {
        return failure instanceof TimeoutException
                || failure instanceof NetworkException
                || failure instanceof DisconnectException;
    }

    /**
     * After these the producer is of no more use: what the client's TransactionManager calls fatal (maybeTransitionToErrorState), and what a closed
     * producer says. Authentication is among them because a producer that meets such a failure before it has its id never gets one (KAFKA-20237).
     * Out-of-order sequences and unknown producer ids are not: without a transactional id the client raises its epoch and goes on.
     */
    static boolean isOfTheProducer(Throwable failure) {
        return failure instanceof AuthenticationException
                || failure instanceof ClusterAuthorizationException
                || failure instanceof TransactionalIdAuthorizationException
                || failure instanceof ProducerFencedException
                || failure instanceof InvalidPidMappingException
                || failure instanceof UnsupportedVersionException
                || failure instanceof IllegalStateException
                || (isWithoutAType(failure) && !isOfABatchMate(failure));
    }

    /** What Kafka tells of a record it would have taken, had another one of the same request been valid. */
    private static boolean isOfABatchMate(Throwable failure) {
        return isWithoutAType(failure)
                && String.valueOf(failure.getMessage())
                        .startsWith("Failed to append record because it was part of a batch");
    }

    /** The client throws a plain KafkaException when it is closed or in an error state, and brokers have a type for each of theirs. */
    private static boolean isWithoutAType(Throwable failure) {
        return failure.getClass() == KafkaException.class;
    }
}
