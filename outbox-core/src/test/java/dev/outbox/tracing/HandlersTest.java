package dev.outbox.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HandlersTest {
    private final Logger log = (Logger) LoggerFactory.getLogger(Handlers.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Handlers handlers = new Handlers();

    @BeforeEach
    void listen() {
        logged.start();
        log.addAppender(logged);
        log.setAdditive(false);
        log.setLevel(Level.DEBUG);
    }

    @AfterEach
    void stop() {
        log.detachAppender(logged);
        log.setAdditive(true);
        log.setLevel(null);
    }

    @Test
    void what_a_handler_throws_is_warned_of_once() {
        assertThat(handlers.tell(HandlersTest::fail)).isFalse();
        assertThat(handlers.tell(HandlersTest::fail)).isFalse();
        assertThat(logged.list)
                .filteredOn(line -> line.getLevel() == Level.WARN)
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage())
                        .isEqualTo(
                                "Tracing of outbox events fails: java.lang.IllegalStateException: broken. They are stored and sent without a trace."
                                        + " Correct the observation handlers, or set outbox.tracing.enabled=false."));
        assertThat(logged.list)
                .filteredOn(line -> line.getLevel() == Level.DEBUG)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.getThrowableProxy()).isNotNull());
    }

    /** Versions that do not fit together show only when they are used. */
    @Test
    void a_class_that_does_not_link_is_like_an_exception() {
        assertThat(handlers.tell(() -> {
                    throw new NoSuchMethodError("propagate");
                }))
                .isFalse();
    }

    private static void fail() {
        throw new IllegalStateException("broken");
    }
}
