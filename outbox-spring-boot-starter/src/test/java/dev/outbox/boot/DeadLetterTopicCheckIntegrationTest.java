package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.inbox.FailedEventPolicy;
import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;

/** What an application says at its start of dead-letter topics that are missing. */
@ExtendWith(OutputCaptureExtension.class)
class DeadLetterTopicCheckIntegrationTest extends InboxListeners {
    static final class Listeners {
        @KafkaListener(topics = "${topic}")
        @Inbox("first")
        void first(InboxMessage event) {}

        @KafkaListener(topicPattern = "${topic}")
        @Inbox("second")
        void second(InboxMessage event) {}

        @KafkaListener(topics = "${topic}")
        @Inbox(value = "stopping", onFailure = FailedEventPolicy.STOP_PARTITION)
        void stopping(InboxMessage event) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class Consumers {
        @Bean
        Listeners listeners() {
            return new Listeners();
        }
    }

    @Test
    void a_missing_one_is_named_with_its_consumers_and_what_to_do(CapturedOutput output) {
        application(Consumers.class).run(context -> {
            String sentence =
                    "There is no dead-letter topic %1$s.DLT, or this application may not see it: unless the brokers create it by themselves, the first record of %1$s that first, second cannot handle is tried again without end, and its partition waits. Create %1$s.DLT with as many partitions as %1$s."
                            .formatted(topic);
            await().until(() -> output.getOut().contains(sentence));
            DeadLetterTopicCheck check = context.getBean(DeadLetterTopicCheck.class);
            assertThat(check.missing()).containsExactly(sentence);
            kafka.createTopic(topic + ".DLT", 3);
            await().until(() -> check.missing().isEmpty());
        });
    }

    @Test
    void without_brokers_the_application_starts_and_nothing_is_known(CapturedOutput output) {
        application(Consumers.class)
                .withPropertyValues("spring.kafka.bootstrap-servers=localhost:1")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    await().until(
                                    () -> output.getOut()
                                            .contains(
                                                    "Whether the dead-letter topics of this application's consumers exist is not known, because the brokers could not be asked: java.util.concurrent.ExecutionException: "));
                });
    }
}
