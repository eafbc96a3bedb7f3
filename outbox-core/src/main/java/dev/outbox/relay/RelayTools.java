package dev.outbox.relay;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.QuarantineListener;
import dev.outbox.store.BatchMarking;
import dev.outbox.store.BatchStore;
import dev.outbox.store.LaneStore;
import java.util.function.BooleanSupplier;

/** What all workers of a relay use. */
record RelayTools(
        RelayStores stores,
        EventSender sender,
        QuarantineListener quarantineListener,
        RelaySettings settings,
        Trouble sendTrouble,
        BrokerBreaker breaker,
        FloorSweep floorSweep,
        RelayMeters meters,
        BooleanSupplier stopping) {
    LaneStore lanes() {
        return stores.lanes();
    }

    BatchStore batches() {
        return stores.batches();
    }

    BatchMarking marking() {
        return stores.marking();
    }
}
