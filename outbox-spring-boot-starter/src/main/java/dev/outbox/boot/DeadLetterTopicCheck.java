package dev.outbox.boot;

import dev.outbox.inbox.deadletter.DeadLetterTopic;
import dev.outbox.inbox.listener.RedrivenRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Says when the application starts which dead-letter topics are missing: without one, the first record that cannot be handled stops its partition. In a thread of its own, so that nothing waits for it,
 * and once; without an answer of the brokers nothing is known, and the listeners tell of that.
 */
final class DeadLetterTopicCheck implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(DeadLetterTopicCheck.class);
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final RedrivenRecords listeners;
    private final DeadLetterTopic deadLetters;
    private final Map<String, Object> settings;
    private volatile @Nullable Thread running;

    /** @param adminSettings how the brokers are reached */
    DeadLetterTopicCheck(RedrivenRecords listeners, DeadLetterTopic deadLetters, Map<String, Object> adminSettings) {
        this.listeners = listeners;
        this.deadLetters = deadLetters;
        this.settings = new HashMap<>(adminSettings);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(ANSWER.toMillis() / 2));
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(ANSWER.toMillis()));
    }

    @Override
    public void start() {
        if (listeners.isEmpty()) return;
        Thread thread = new Thread(this::check, "outbox-dead-letter-topics");
        thread.setDaemon(true);
        running = thread;
        thread.start();
    }

    private void check() {
        try {
            missing().forEach(log::warn);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            log.warn(
                    "Whether the dead-letter topics of this application's consumers exist is not known, because the brokers could not be asked: {}",
                    e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A sentence for each. Topics are listed, because asking for one by its name may create it. */
    List<String> missing() throws ExecutionException, TimeoutException, InterruptedException {
        Admin admin = Admin.create(settings);
        try {
            Set<String> topics =
                    new TreeSet<>(admin.listTopics().names().get(ANSWER.toMillis() * 2, TimeUnit.MILLISECONDS));
            List<String> sentences = new ArrayList<>();
            for (String topic : topics) {
                String aside = deadLetters.nameFor(topic);
                Set<String> consumers = listeners.puttingAside(topic);
                if (!consumers.isEmpty() && !topics.contains(aside)) sentences.add(sentence(aside, topic, consumers));
            }
            return sentences;
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    private static String sentence(String aside, String topic, Set<String> consumers) {
        return "There is no dead-letter topic %s, or this application may not see it: unless the brokers create it by themselves, the first record of %s that %s cannot handle is tried again without end, and its partition waits. Create %1$s with as many partitions as %2$s."
                .formatted(aside, topic, String.join(", ", consumers));
    }

    @Override
    public void stop() {
        Thread thread = running;
        running = null;
        if (thread != null) thread.interrupt();
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }
}
