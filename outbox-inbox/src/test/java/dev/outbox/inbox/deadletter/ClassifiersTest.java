package dev.outbox.inbox.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outbox.inbox.FailureClassifier;
import dev.outbox.inbox.FailureClassifier.Meaning;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.ListenerExecutionFailedException;

class ClassifiersTest {
    private final IllegalStateException failure = new IllegalStateException("the payload");

    @Test
    void the_first_opinion_counts_and_the_others_are_not_asked() {
        List<Throwable> asked = new ArrayList<>();
        FailureClassifier none = told -> null;
        FailureClassifier other = told -> {
            asked.add(told);
            return Meaning.RETRY;
        };
        assertThat(new Classifiers(List.of(none, told -> Meaning.OUTAGE, other)).meaning(failure))
                .isEqualTo(Meaning.OUTAGE);
        assertThat(asked).isEmpty();
        assertThat(new Classifiers(List.of(none, other)).meaning(failure)).isEqualTo(Meaning.RETRY);
        assertThat(new Classifiers(List.of(none)).meaning(failure)).isNull();
    }

    @Test
    void they_are_asked_about_what_the_listener_has_thrown_and_not_about_its_wrappers() {
        List<Throwable> asked = new ArrayList<>();
        Throwable wrapped = new ListenerExecutionFailedException("Listener failed", new ExecutionException(failure));
        new Classifiers(List.of(told -> {
                    asked.add(told);
                    return null;
                }))
                .meaning(wrapped);
        assertThat(asked).containsExactly(failure);
    }

    private static final class Mistaken implements FailureClassifier {
        @Override
        public @Nullable Meaning classify(Throwable failure) {
            throw new StackOverflowError("over " + failure.getMessage());
        }
    }

    @Test
    void one_that_throws_has_no_opinion_and_the_log_says_so_without_messages() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger log = (Logger) LoggerFactory.getLogger(Classifiers.class);
        lines.start();
        log.addAppender(lines);
        try {
            assertThat(new Classifiers(List.of(new Mistaken(), told -> Meaning.PUT_ASIDE)).meaning(failure))
                    .isEqualTo(Meaning.PUT_ASIDE);
            assertThat(new Classifiers(List.of(new Mistaken())).isOutage(failure))
                    .isFalse();
        } finally {
            log.detachAppender(lines);
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .hasSize(2)
                .containsOnly(
                        "dev.outbox.inbox.deadletter.ClassifiersTest$Mistaken throws java.lang.StackOverflowError when it is asked about java.lang.IllegalStateException, so it has no opinion on that. Repair it.");
    }
}
