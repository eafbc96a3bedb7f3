package dev.outbox.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.OutboxMessage;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.contract.Outbox;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.StringConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The settings that docs/wire-contract.md gives for Debezium's outbox event router, given to the router together with a row of a real table: its record is the one
 * that the relay sends.
 */
@Timeout(60)
class DebeziumRouterIntegrationTest {
    private static final Pattern SETTINGS = Pattern.compile("```properties\n(.*?)```", Pattern.DOTALL);

    private final Outbox outbox = new Outbox(TestDatabase.POSTGRESQL.createSchema("debezium"));

    @Test
    void makes_the_same_record_of_a_row_as_the_relay() throws Exception {
        UUID event = publish(OutboxMessage.of("Order", "Zoë", "OrderPlaced", "{}")
                .topic("orders")
                .version(7));
        SourceRecord routed = routed(event);
        OutboxRecord stored = outbox.read(outbox.laneOf(event), 1).get(0);
        ProducerRecord<byte[], byte[]> sent = new KafkaRecords("/shop").of(stored);
        assertThat(routed.topic()).isEqualTo(sent.topic());
        assertThat(routed.key()).isEqualTo(new String(sent.key(), UTF_8));
        assertThat(routed.value()).isEqualTo(sent.value());

        Map<String, String> headers = headers(routed);
        assertThat(headers.remove("id")).as("the router's own").isEqualTo(headers.get("ce_id"));
        headers.computeIfPresent("ce_sequence", (name, value) -> "%019d".formatted(Long.valueOf(value)));
        Map<String, String> expected = new LinkedHashMap<>();
        sent.headers().forEach(header -> expected.put(header.key(), new String(header.value(), UTF_8)));
        assertThat(headers).isEqualTo(expected);
    }

    /** Routes the row as a connector with the settings of the page does. */
    private SourceRecord routed(UUID event) throws IOException {
        SourceRecord record = inserted(event);
        Properties settings = settings();
        for (String name : settings.getProperty("transforms").split(",")) {
            try (Transformation<SourceRecord> transformation = transformation(settings, "transforms." + name + ".")) {
                record = transformation.apply(record);
            }
        }
        return record;
    }

    private static Transformation<SourceRecord> transformation(Properties settings, String prefix) {
        Map<String, String> own = new LinkedHashMap<>();
        settings.stringPropertyNames().stream()
                .filter(name -> name.startsWith(prefix))
                .forEach(name -> own.put(name.substring(prefix.length()), settings.getProperty(name)));
        try {
            @SuppressWarnings("unchecked")
            Transformation<SourceRecord> transformation =
                    (Transformation<SourceRecord>) Class.forName(String.valueOf(own.remove("type")))
                            .getDeclaredConstructor()
                            .newInstance();
            transformation.configure(own);
            return transformation;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Properties settings() throws IOException {
        Matcher block = SETTINGS.matcher(Files.readString(Path.of("../docs/wire-contract.md")));
        assertThat(block.find()).isTrue();
        Properties settings = new Properties();
        settings.load(new StringReader(block.group(1)));
        return settings;
    }

    /** The headers as the converter of the page writes them. */
    private static Map<String, String> headers(SourceRecord record) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        try (StringConverter converter = new StringConverter()) {
            converter.configure(Map.of(), false);
            record.headers().forEach(header -> {
                byte[] value =
                        converter.fromConnectHeader(record.topic(), header.key(), header.schema(), header.value());
                headers.put(header.key(), new String(value, UTF_8));
            });
        }
        return headers;
    }

    /** What Debezium's PostgreSQL connector tells of an inserted row. */
    private SourceRecord inserted(UUID event) {
        Struct row = outbox.jdbc
                .sql("SELECT * FROM outbox_events WHERE event_id = :id")
                .param("id", event)
                .query((result, number) -> row(result))
                .single();
        Schema envelope = SchemaBuilder.struct()
                .name("shop.public.outbox_events.Envelope")
                .field("after", row.schema())
                .field("op", Schema.STRING_SCHEMA)
                .field("ts_ms", Schema.INT64_SCHEMA)
                .build();
        Struct value = new Struct(envelope).put("after", row).put("op", "c").put("ts_ms", 1L);
        return new SourceRecord(Map.of(), Map.of(), "shop.public.outbox_events", envelope, value);
    }

    private static Struct row(ResultSet result) throws SQLException {
        ResultSetMetaData columns = result.getMetaData();
        SchemaBuilder schema = SchemaBuilder.struct().name("shop.public.outbox_events.Value");
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            String name = columns.getColumnName(i);
            schema.field(name, schemaOf(columns.getColumnType(i)));
            values.put(name, valueOf(result, i, columns.getColumnTypeName(i)));
        }
        Struct row = new Struct(schema.build());
        values.forEach(row::put);
        return row;
    }

    private static Schema schemaOf(int type) {
        return switch (type) {
            case Types.BIGINT -> Schema.OPTIONAL_INT64_SCHEMA;
            case Types.INTEGER -> Schema.OPTIONAL_INT32_SCHEMA;
            case Types.BINARY -> Schema.OPTIONAL_BYTES_SCHEMA;
            default -> Schema.OPTIONAL_STRING_SCHEMA; // ids, and times with a zone as ISO 8601
        };
    }

    @SuppressWarnings("NullAway") // null where the column is
    private static Object valueOf(ResultSet result, int column, String type) throws SQLException {
        if (type.equals("timestamptz")) {
            OffsetDateTime time = result.getObject(column, OffsetDateTime.class);
            return time == null ? null : time.toInstant().toString();
        }
        Object value = result.getObject(column);
        return value instanceof UUID ? value.toString() : value;
    }

    private UUID publish(OutboxMessage message) {
        TransactionalOutboxPublisher publisher = outbox.publisher(() -> {});
        return outbox.inTransaction(() -> publisher.publish(message));
    }
}
