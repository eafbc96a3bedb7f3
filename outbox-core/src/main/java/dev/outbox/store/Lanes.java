package dev.outbox.store;

import dev.outbox.OutboxConfigurationException;
import java.util.List;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * How many lanes are made when the tables are. From then on the rows of {@code outbox_lanes} are what counts.
 *
 * @param count from 1 to {@value #MAX}
 */
public record Lanes(int count) {
    /** As many as the script makes. */
    public static final Lanes DEFAULT = new Lanes(64);

    static final int MAX = 1024;

    /** @throws OutboxConfigurationException if it is none or too many */
    public Lanes {
        if (count < 1 || count > MAX) {
            throw new OutboxConfigurationException(
                    "outbox.lanes is %d, which is not between 1 and %d.".formatted(count, MAX),
                    "Leave it out for %d, or set it to a few times the number of all relays' workers."
                            .formatted(DEFAULT.count()));
        }
    }

    /** Puts these in the place of those that the script has made. */
    void create(OutboxTables tables) {
        if (equals(DEFAULT)) return;
        JdbcTemplate jdbc = new JdbcTemplate(tables.dataSource());
        jdbc.update(tables.named("DELETE FROM outbox_lanes"));
        List<Object[]> rows =
                IntStream.range(0, count).mapToObj(lane -> new Object[] {lane}).toList();
        jdbc.batchUpdate(tables.named("INSERT INTO outbox_lanes (lane) VALUES (?)"), rows);
    }
}
