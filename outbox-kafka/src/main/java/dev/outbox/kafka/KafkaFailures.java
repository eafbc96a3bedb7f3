package dev.outbox.kafka;

import dev.outbox.spi.SendException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidMetadataException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
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
                || failure instanceof InvalidRecordException
                || failure instanceof PolicyViolationException
                || failure instanceof UnsupportedForMessageFormatException;
    }

    private static boolean isOfTheTopic(Throwable failure) {
        // The producer waits for the metadata of a missing topic until max.block.ms, and tells why only in the cause.
        if (failure instanceof TimeoutException) return failure.getCause() instanceof UnknownTopicOrPartitionException;
        return failure instanceof TopicAuthorizationException
                || failure instanceof InvalidTopicException
                || failure instanceof NotEnoughReplicasException
                || failure instanceof NotEnoughReplicasAfterAppendException
                || (failure instanceof InvalidMetadataException && !(failure instanceof NetworkException));
    }

    private static boolean isOfTheBroker(Throwable failure) {
        return failure instanceof TimeoutException
                || failure instanceof NetworkException
                || failure instanceof DisconnectException
                || failure instanceof AuthenticationException
                || failure instanceof ClusterAuthorizationException
                || failure instanceof CorruptRecordException
                || failure instanceof InterruptException
                || isOfTheProducer(failure);
    }

    /** After these the producer is of no more use. */
    static boolean isOfTheProducer(Throwable failure) {
        return failure instanceof ProducerFencedException
                || failure instanceof InvalidProducerEpochException
                || failure instanceof OutOfOrderSequenceException
                || failure instanceof UnknownProducerIdException
                || failure instanceof UnsupportedVersionException
                || failure instanceof IllegalStateException;
    }
}
