package dev.outbox.inbox;

import java.util.Collection;
import java.util.Set;

/** The keys of which an event was put aside, so that later ones have to follow it. */
@FunctionalInterface
public interface HeldKeys {
    /** Where nothing is ever put aside. */
    HeldKeys NONE = (consumer, keys) -> Set.of();

    /** Those of {@code keys} that the current transaction sees held, in a number of statements that does not depend on how many there are. */
    Set<EventKey> heldAmong(String consumer, Collection<EventKey> keys);
}
