package dev.outbox;

import java.util.Locale;

/** What consumers with an inbox are to do with the copies that a replay sends. Others see an old event once more, and know it by its headers. */
public enum ReplayMode {
    /** What they do with any copy: handle the events that they have not handled yet. */
    NORMAL,
    /** Nothing: the events are for others to see. */
    READ_ONLY,
    /** Handle the events again, once for this replay, if they are named. */
    REPROCESS;

    /** As headers tell it, such as {@code read-only}. */
    public String header() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
