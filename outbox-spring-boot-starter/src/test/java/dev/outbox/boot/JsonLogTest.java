package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.outbox.tracing.EventMdc;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What docs/tracing.md says of {@code logging.structured.format.console}. */
class JsonLogTest {
    @ParameterizedTest
    @ValueSource(strings = {"ecs", "logstash"})
    void a_line_about_an_event_names_it(String format) {
        Logger logger = (Logger) LoggerFactory.getLogger(JsonLogTest.class);
        LoggerContext context = logger.getLoggerContext();
        context.putObject(Environment.class.getName(), new StandardEnvironment());
        StructuredLogEncoder encoder = new StructuredLogEncoder();
        encoder.setContext(context);
        encoder.setFormat(format);
        encoder.start();
        UUID event = UUID.randomUUID();
        byte[] line;
        try (EventMdc mdc = EventMdc.of(event, "4711", Map.of("requestid", "r-1"))) {
            line = encoder.encode(new LoggingEvent("", logger, Level.WARN, "message", null, null));
        }
        JsonNode json = new JsonMapper().readTree(new String(line, UTF_8));
        assertThat(json.get("eventId").asString()).isEqualTo(event.toString());
        assertThat(json.get("aggregateId").asString()).isEqualTo("4711");
        assertThat(json.get("requestId").asString()).isEqualTo("r-1");
    }
}
