package dev.outbox.store;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One SELECT for each of some lanes, in one statement. Each has its lane and its floor as constants: from columns of another table MySQL and MariaDB make no range of an
 * index, and would read the index from the lane's beginning. Thread-safe.
 *
 * @param select of the lane {@code :lane} and the floor {@code :floor}
 */
record LaneUnion(String select, Map<Integer, String> known) {
    LaneUnion(String select) {
        this(select, new ConcurrentHashMap<>());
    }

    /** The statement for a number of lanes, with numbered parameters. */
    String of(int lanes) {
        return known.computeIfAbsent(lanes, this::union);
    }

    private String union(int lanes) {
        StringBuilder union = new StringBuilder();
        for (int i = 0; i < lanes; i++) {
            if (i > 0) union.append(" UNION ALL ");
            union.append(select.replace(":lane", ":lane" + i).replace(":floor", ":floor" + i));
        }
        return union.toString();
    }

    /** What the parameters are. */
    static Map<String, Object> parameters(Collection<Scan> scans) {
        Map<String, Object> parameters = new HashMap<>();
        for (Scan scan : scans) {
            int i = parameters.size() / 2;
            parameters.put("lane" + i, scan.lane());
            parameters.put("floor" + i, scan.floor());
        }
        return parameters;
    }

    /** A lane, and where its scan starts. */
    record Scan(int lane, long floor) {}
}
