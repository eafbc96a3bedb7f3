package dev.outbox.retention;

import dev.outbox.store.TableSize;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the size of the tables now and then, and warns when they are about to reach their limit. */
public final class TableWatch {
    private static final Logger log = LoggerFactory.getLogger(TableWatch.class);

    private static final String WHAT_TO_DO =
            "look whether the relays keep up and whether retention runs, shorten outbox.retention.published, or make room and raise the limit.";

    private final TableSize size;
    private final TableForecast forecast;
    private final Duration warnBefore;

    /** @param warnBefore how long before the limit is reached */
    public TableWatch(TableSize size, TableForecast forecast, Duration warnBefore) {
        this.size = size;
        this.forecast = forecast;
        this.warnBefore = warnBefore;
    }

    /**
     * Takes the size of now.
     *
     * @throws org.springframework.dao.DataAccessException if the database cannot be asked
     */
    public void look() {
        size.bytes().ifPresent(forecast::add);
    }

    /** Warns in one line if the limit is near. */
    public void warn() {
        Duration left = forecast.timeToLimit().orElse(null);
        if (left == null || left.compareTo(warnBefore) >= 0) return;
        if (left.isZero()) {
            log.warn("The outbox tables have reached outbox.retention.table-limit: {}", WHAT_TO_DO);
        } else {
            log.warn(
                    "The outbox tables reach outbox.retention.table-limit in {} if they go on growing as in the last hour: {}",
                    left.truncatedTo(ChronoUnit.MINUTES),
                    WHAT_TO_DO);
        }
    }
}
