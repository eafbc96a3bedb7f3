package dev.outbox.relay;

import dev.outbox.store.BatchMarking;
import dev.outbox.store.BatchStore;
import dev.outbox.store.LaneStore;

/** The tables as a relay uses them. */
public record RelayStores(LaneStore lanes, BatchStore batches, BatchMarking marking) {}
