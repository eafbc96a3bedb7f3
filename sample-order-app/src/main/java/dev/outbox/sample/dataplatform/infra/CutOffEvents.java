package dev.outbox.sample.dataplatform.infra;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The events whose tries the circuit breaker has cut off, which by itself says nothing about them. If others are answered afterwards, and the event fails again, it is the event. So one that the data platform never
 * takes does not keep its partition waiting for ever where it is the only one to be sent for a while. Thread-safe.
 */
final class CutOffEvents {
    /** There is one for each partition at most, and those of partitions that have gone to other processes. */
    private static final int MOST = 100;

    private final int tries;
    private final Map<UUID, CutOff> cutOff = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, CutOff> eldest) {
            return size() > MOST;
        }
    };
    private long answers;

    /** @param tries how many an event has at least, before it is the event's fault */
    CutOffEvents(int tries) {
        this.tries = tries;
    }

    /**
     * @param tried how often it was tried by then
     * @param answers how many answers there had been by then, to whatever event
     */
    private record CutOff(int tried, long answers) {}

    /** The data platform has answered, whatever it was. */
    synchronized void answered(UUID event) {
        answers++;
        cutOff.remove(event);
    }

    /** The event is put aside. */
    synchronized void forget(UUID event) {
        cutOff.remove(event);
    }

    /**
     * The tries of an event were cut off.
     *
     * @param tried how many there were
     * @return whether others were answered since they were cut off before, and it was tried often enough altogether
     */
    synchronized boolean isToBlame(UUID event, int tried) {
        CutOff before = cutOff.getOrDefault(event, new CutOff(0, answers));
        int all = before.tried() + tried;
        if (answers > before.answers() && all >= tries) return true;
        cutOff.put(event, new CutOff(all, answers));
        return false;
    }
}
