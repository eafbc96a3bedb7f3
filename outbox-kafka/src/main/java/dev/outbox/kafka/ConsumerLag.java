package dev.outbox.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * How many records consumer groups have not read yet. It asks the brokers, so it knows of groups whose consumers are all gone as well. That takes DESCRIBE on the groups and on their topics. Safe for use by
 * many threads.
 */
public final class ConsumerLag implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final Admin admin;

    /**
     * Of one partition.
     *
     * @param records from the committed offset to the end of the partition; never negative
     */
    public record Lag(String topic, int partition, long records) {}

    private ConsumerLag(Admin admin) {
        this.admin = admin;
    }

    /**
     * Connects with the first question.
     *
     * @param consumerSettings how consumers reach the brokers ({@code bootstrap.servers}, security and so on)
     * @throws KafkaException if no client can be made of these settings
     */
    public static ConsumerLag create(Map<String, Object> consumerSettings) {
        return new ConsumerLag(Admin.create(adminSettings(consumerSettings)));
    }

    static Map<String, Object> adminSettings(Map<String, Object> consumerSettings) {
        Map<String, Object> settings = new HashMap<>(consumerSettings);
        settings.keySet()
                .removeIf(name -> ConsumerConfig.configNames().contains(name)
                        && !AdminClientConfig.configNames().contains(name));
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(ANSWER.toMillis() / 2));
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(ANSWER.toMillis()));
        return settings;
    }

    /**
     * The partitions of which the group has committed an offset; none of a group that nobody knows.
     *
     * @throws KafkaException if the brokers do not answer within some seconds, or refuse
     * @throws InterruptException if the thread is interrupted, which it still is afterwards
     */
    public List<Lag> of(String group) {
        try {
            Map<TopicPartition, OffsetAndMetadata> committed =
                    new HashMap<>(get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
            committed.values().removeIf(Objects::isNull);
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            committed.keySet().forEach(partition -> ends.put(partition, OffsetSpec.latest()));
            Map<TopicPartition, ListOffsetsResultInfo> latest =
                    ends.isEmpty() ? Map.of() : get(admin.listOffsets(ends).all());
            List<Lag> lags = new ArrayList<>();
            latest.forEach((partition, end) -> lags.add(new Lag(
                    partition.topic(),
                    partition.partition(),
                    Math.max(
                            0,
                            end.offset()
                                    - Objects.requireNonNull(committed.get(partition))
                                            .offset()))));
            return lags;
        } catch (ExecutionException e) {
            throw unknown(group, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw unknown(group, e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static <T> T get(KafkaFuture<T> answer) throws ExecutionException, InterruptedException, TimeoutException {
        return answer.get(ANSWER.toMillis() * 2, TimeUnit.MILLISECONDS);
    }

    private static KafkaException unknown(String group, Throwable cause) {
        return new KafkaException(
                "How far the consumer group '%s' is behind is not known: %s. Check that the brokers can be reached, and that this user may DESCRIBE the group and its topics."
                        .formatted(group, cause),
                cause);
    }

    /** Does not wait for questions under way. */
    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
