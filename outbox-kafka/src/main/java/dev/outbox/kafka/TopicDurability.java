package dev.outbox.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns, once each, of topics on which an acknowledged event can be lost with a single broker: they have several replicas, but one in sync is enough. It asks
 * after the first acknowledgement, from a thread of its own, so that no send waits for it or fails. What it is not allowed to ask it leaves.
 */
final class TopicDurability implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TopicDurability.class);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final Supplier<Admin> admins;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor thread;

    /** @param admins creates a client for each question; it is closed with the answer */
    TopicDurability(Supplier<Admin> admins) {
        this.admins = admins;
        this.thread = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread created = new Thread(task, "outbox-topic-durability");
            created.setDaemon(true);
            return created;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    /** The settings of a client that reaches the same brokers as a producer does. */
    static Map<String, Object> adminSettings(Map<String, Object> producerSettings) {
        Map<String, Object> settings = new HashMap<>(producerSettings);
        settings.keySet().removeIf(name -> isOfProducersOnly(name));
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(ANSWER.toMillis() / 2));
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(ANSWER.toMillis()));
        return settings;
    }

    /** Returns at once. */
    void acknowledged(String topic) {
        if (known.contains(topic) || !known.add(topic)) return;
        try {
            thread.execute(() -> check(topic));
        } catch (RejectedExecutionException e) {
            log.debug("Topic '{}' is not looked at, as the sender is closed.", topic);
        }
    }

    /** Gives up what it still has to ask, and does not wait. */
    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void check(String topic) {
        try (Admin admin = admins.get()) {
            int replicas = replicas(admin, topic);
            if (replicas > 1 && minInSync(admin, topic).equals("1")) {
                log.warn(
                        "Topic '{}' has {} replicas but min.insync.replicas=1: Kafka acknowledges an event that a single broker has, and it is lost with that broker. Set min.insync.replicas=2 on the topic.",
                        topic,
                        replicas);
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            log.debug("Cannot look at the settings of topic '{}'.", topic, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int replicas(Admin admin, String topic)
            throws ExecutionException, InterruptedException, TimeoutException {
        return admin
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .values()
                .stream()
                .flatMap(description -> description.partitions().stream())
                .mapToInt(partition -> partition.replicas().size())
                .max()
                .orElse(0);
    }

    /** The topic's own setting or, without one, that of the brokers. */
    private static String minInSync(Admin admin, String topic)
            throws ExecutionException, InterruptedException, TimeoutException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin
                .describeConfigs(List.of(resource))
                .all()
                .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .values()
                .stream()
                .flatMap(config -> config.entries().stream())
                .filter(entry -> entry.name().equals(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG))
                .map(entry -> String.valueOf(entry.value()))
                .findFirst()
                .orElse("");
    }

    private static boolean isOfProducersOnly(String name) {
        return ProducerConfig.configNames().contains(name)
                && !AdminClientConfig.configNames().contains(name);
    }
}
