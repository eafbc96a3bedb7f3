package dev.outbox.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The first events of a key that are held, and pending. A statement that finds events looks them up once for each key, at the first row with it: for each row of
 * a hot key, a lookup would walk over the index entries of all that was just parked, which stay for a while.
 *
 * @param held the sequence; 0 when none is held
 * @param pending the sequence; 0 when none is pending
 */
record FirstsOfKey(long held, long pending) {
    /** A column: the first row with the same key. With an ORDER BY, because without one MariaDB would read all rows of a key for each of them. */
    static final String FIRST_ROW =
            "first_value(seq) OVER (PARTITION BY aggregate_id, aggregate_type ORDER BY seq) AS first_row";

    /** The columns of rows that have a {@link #FIRST_ROW}. */
    static String columns(String row, String firstHeld, String firstPending) {
        return """
                %1$s.first_row,
                CASE WHEN %1$s.seq = %1$s.first_row THEN (%2$s) END AS first_held,
                CASE WHEN %1$s.seq = %1$s.first_row THEN (%3$s) END AS first_pending""".formatted(row, firstHeld, firstPending);
    }

    boolean holdBack(long seq) {
        return held > 0 && held < seq;
    }

    /**
     * Behind a pending event that was not read as well; when that was, all between the two were. Behind a held one always, though it may be a retry of the same
     * batch: there may be blocked ones in between.
     */
    boolean makeLate(long seq, Set<Long> read) {
        return holdBack(seq) || pending > 0 && pending < seq && !read.contains(pending);
    }

    /** Those of all keys of a result. */
    static final class OfRows {
        private final Map<Long, FirstsOfKey> firsts = new HashMap<>();

        /** Every row of the result is to be seen before any is asked for. */
        void see(ResultSet row) throws SQLException {
            long seq = row.getLong("seq");
            if (seq == row.getLong("first_row"))
                firsts.put(seq, new FirstsOfKey(row.getLong("first_held"), row.getLong("first_pending")));
        }

        FirstsOfKey of(long firstRow) {
            return Objects.requireNonNull(firsts.get(firstRow));
        }
    }
}
