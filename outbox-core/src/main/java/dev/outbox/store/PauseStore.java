package dev.outbox.store;

import dev.outbox.OutboxPause;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of {@code outbox_pauses}: what relays leave alone. They look at it whenever they claim and whenever they read. */
public final class PauseStore {
    private final JdbcClient jdbc;
    private final Dialect dialect;

    public PauseStore(OutboxTables tables) {
        this.jdbc = tables.jdbc();
        this.dialect = Dialect.of(tables);
    }

    /** Returns false if it was there already. */
    public boolean add(OutboxPause pause) {
        return dialect.insertUnlessThere(
                jdbc,
                "INSERT INTO outbox_pauses (scope, target) VALUES (:scope, :target)",
                Map.of("scope", pause.scope().name(), "target", pause.target()));
    }

    /** Returns false if it was not there. */
    public boolean remove(OutboxPause pause) {
        return jdbc.sql("DELETE FROM outbox_pauses WHERE scope = :scope AND target = :target")
                        .param("scope", pause.scope().name())
                        .param("target", pause.target())
                        .update()
                == 1;
    }

    /** Lets the first events of a topic's keys ask again at once, which they do in a while anyway: one that is missed here is late, not lost. */
    public void retryNow(String topic) {
        jdbc.sql("""
                        UPDATE outbox_events SET next_attempt_at = %1$s WHERE next_attempt_at > %1$s AND topic = :topic
                        """.formatted(dialect.now())).param("topic", topic).update();
    }

    /** What is paused, in the order in which it was. */
    public List<OutboxPause> all() {
        return jdbc.sql("SELECT scope, target FROM outbox_pauses ORDER BY since, scope, target")
                .query((row, number) ->
                        new OutboxPause(OutboxPause.Scope.valueOf(row.getString("scope")), row.getString("target")))
                .list();
    }
}
