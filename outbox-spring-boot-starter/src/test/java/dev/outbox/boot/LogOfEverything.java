package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Takes all that is logged, with stack traces, and keeps it from the console until it is closed: it is a megabyte that nobody wants to read. */
final class LogOfEverything implements AutoCloseable {
    private static final Logger ROOT = logger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    private final Map<Logger, @Nullable Level> before = new HashMap<>();
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final OutputStreamAppender<ILoggingEvent> everything = new OutputStreamAppender<>();
    private final Appender<ILoggingEvent> console = ROOT.getAppender("OUT");

    /** @param others the level of what is not the outbox's own, which is logged at {@code TRACE} */
    LogOfEverything(Level others) {
        for (String name : List.of(org.slf4j.Logger.ROOT_LOGGER_NAME, "org.apache.kafka")) set(logger(name), others);
        set(logger("dev.outbox"), Level.TRACE);
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(ROOT.getLoggerContext());
        encoder.setPattern("%level %logger %msg%n");
        encoder.start();
        everything.setContext(ROOT.getLoggerContext());
        everything.setEncoder(encoder);
        everything.setOutputStream(logged);
        everything.start();
        ROOT.detachAppender(console);
        ROOT.addAppender(everything);
    }

    private void set(Logger logger, Level level) {
        before.put(logger, logger.getLevel());
        logger.setLevel(level);
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    @Override
    public String toString() {
        return logged.toString(UTF_8);
    }

    @Override
    public void close() {
        before.forEach(Logger::setLevel);
        ROOT.detachAppender(everything);
        ROOT.addAppender(console);
        everything.stop();
    }
}
