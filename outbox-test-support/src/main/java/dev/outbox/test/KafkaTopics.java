package dev.outbox.test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** What the fixture asks of brokers as an administrator. */
final class KafkaTopics {

    private static final Duration ANSWER = Duration.ofSeconds(30);

    private KafkaTopics() {}

    /** Creates a topic and returns when clients can use it. Leaves a topic as it is that exists already. */
    static void create(String bootstrapServers, NewTopic topic) {
        try (Admin admin = admin(bootstrapServers, ANSWER)) {
            try {
                admin.createTopics(List.of(topic)).all().get(ANSWER.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw new IllegalStateException("Cannot create the topic " + topic.name(), e.getCause());
                }
            } catch (TimeoutException e) {
                throw new IllegalStateException("Cannot create the topic " + topic.name(), e);
            }
            if (!Processes.await(ANSWER, () -> hasLeaders(admin, topic.name()))) {
                throw new IllegalStateException("The topic " + topic.name() + " has no leaders");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while creating the topic " + topic.name(), e);
        }
    }

    /** Whether a broker says of whom its cluster consists. */
    static boolean answers(String bootstrapServers) {
        Duration patience = Duration.ofSeconds(5);
        try (Admin admin = admin(bootstrapServers, patience)) {
            return !admin.describeCluster()
                    .nodes()
                    .get(patience.toSeconds(), TimeUnit.SECONDS)
                    .isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while Kafka was starting", e);
        }
    }

    private static boolean hasLeaders(Admin admin, String topic) {
        try {
            return admin
                    .describeTopics(Set.of(topic))
                    .allTopicNames()
                    .get(ANSWER.toSeconds(), TimeUnit.SECONDS)
                    .values()
                    .stream()
                    .flatMap(description -> description.partitions().stream())
                    .allMatch(partition -> partition.leader() != null);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the topic " + topic, e);
        }
    }

    private static Admin admin(String bootstrapServers, Duration patience) {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                Math.toIntExact(patience.toMillis()),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                Math.toIntExact(patience.toMillis())));
    }
}
