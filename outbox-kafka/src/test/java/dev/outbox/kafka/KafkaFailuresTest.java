package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.spi.FailureScope;
import dev.outbox.spi.SendException;
import java.util.stream.Stream;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.FencedLeaderEpochException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownLeaderEpochException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaFailuresTest {
    /** As Sender.failBatch words it, spelling included. */
    private static final KafkaException BATCH_MATE = new KafkaException(
            "Failed to append record because it was part of a batch which had one more more invalid records");

    static Stream<Arguments> table() {
        return Stream.of(
                Arguments.of(new RecordTooLargeException("x"), FailureScope.EVENT, true),
                Arguments.of(new SerializationException("x"), FailureScope.EVENT, true),
                Arguments.of(new PolicyViolationException("x"), FailureScope.EVENT, true),
                Arguments.of(new UnknownServerException("x"), FailureScope.EVENT, false),
                Arguments.of(new UnknownTopicOrPartitionException("x"), FailureScope.TOPIC, false),
                Arguments.of(
                        new TimeoutException("x", new UnknownTopicOrPartitionException("y")),
                        FailureScope.TOPIC,
                        false),
                Arguments.of(new LeaderNotAvailableException("x"), FailureScope.TOPIC, false),
                Arguments.of(new NotLeaderOrFollowerException("x"), FailureScope.TOPIC, false),
                Arguments.of(new NotEnoughReplicasException("x"), FailureScope.TOPIC, false),
                Arguments.of(new TopicAuthorizationException("x"), FailureScope.TOPIC, false),
                Arguments.of(new InvalidTopicException("x"), FailureScope.TOPIC, false),
                Arguments.of(
                        new TimeoutException("x", new LeaderNotAvailableException("y")), FailureScope.TOPIC, false),
                Arguments.of(new FencedLeaderEpochException("x"), FailureScope.TOPIC, false),
                Arguments.of(new KafkaStorageException("x"), FailureScope.TOPIC, false),
                Arguments.of(new InvalidTimestampException("x"), FailureScope.TOPIC, false),
                Arguments.of(new InvalidRecordException("x"), FailureScope.EVENT, false),
                Arguments.of(new TimeoutException("x"), FailureScope.BROKER, false),
                Arguments.of(new TimeoutException("x", new NetworkException("y")), FailureScope.BROKER, false),
                Arguments.of(new UnknownLeaderEpochException("x"), FailureScope.BROKER, false),
                Arguments.of(new UnsupportedCompressionTypeException("x"), FailureScope.BROKER, false),
                Arguments.of(new NetworkException("x"), FailureScope.BROKER, false),
                Arguments.of(new SaslAuthenticationException("x"), FailureScope.BROKER, false),
                Arguments.of(new ClusterAuthorizationException("x"), FailureScope.BROKER, false),
                Arguments.of(new ProducerFencedException("x"), FailureScope.BROKER, false),
                Arguments.of(new OutOfOrderSequenceException("x"), FailureScope.BROKER, false),
                Arguments.of(new UnknownProducerIdException("x"), FailureScope.BROKER, false),
                Arguments.of(new InvalidProducerEpochException("x"), FailureScope.BROKER, false),
                Arguments.of(new KafkaException("Producer is closed forcefully."), FailureScope.BROKER, false),
                Arguments.of(BATCH_MATE, FailureScope.BROKER, false),
                Arguments.of(new IllegalStateException("closed"), FailureScope.BROKER, false));
    }

    @ParameterizedTest
    @MethodSource("table")
    void has_a_scope(Exception failure, FailureScope scope, boolean permanent) {
        SendException classified = KafkaFailures.classify(failure);
        assertThat(classified.scope()).isEqualTo(scope);
        assertThat(classified.isPermanent()).isEqualTo(permanent);
        assertThat(classified).hasCause(failure);
    }

    static Stream<Exception> fatal() {
        return Stream.of(
                new SaslAuthenticationException("x"),
                new SslAuthenticationException("x"),
                new ClusterAuthorizationException("x"),
                new TransactionalIdAuthorizationException("x"),
                new ProducerFencedException("x"),
                new InvalidPidMappingException("x"),
                new UnsupportedVersionException("x"),
                new IllegalStateException("Cannot perform operation after producer has been closed"),
                new KafkaException("Producer closed while send in progress"),
                new KafkaException("Cannot execute transactional method because we are in an error state"));
    }

    @ParameterizedTest
    @MethodSource("fatal")
    void a_producer_is_of_no_more_use_after(Exception failure) {
        assertThat(KafkaFailures.isOfTheProducer(failure)).isTrue();
        assertThat(KafkaFailures.classify(failure).scope()).isEqualTo(FailureScope.BROKER);
    }

    static Stream<Exception> survived() {
        return Stream.of(
                new OutOfOrderSequenceException("x"),
                new UnknownProducerIdException("x"),
                new InvalidProducerEpochException("x"),
                new TopicAuthorizationException("x"),
                new UnknownServerException("x"),
                new InterruptException("x"),
                BATCH_MATE);
    }

    @ParameterizedTest
    @MethodSource("survived")
    void a_producer_goes_on_after(Exception failure) {
        assertThat(KafkaFailures.isOfTheProducer(failure)).isFalse();
    }
}
