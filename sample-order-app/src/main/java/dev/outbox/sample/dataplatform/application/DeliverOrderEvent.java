package dev.outbox.sample.dataplatform.application;

import dev.outbox.sample.dataplatform.domain.DataPlatform;
import dev.outbox.sample.dataplatform.domain.DataPlatformAwayException;
import dev.outbox.sample.dataplatform.domain.OrderEvent;
import dev.outbox.sample.dataplatform.domain.UndeliverableEventException;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/** Tells the data platform what has happened to an order. */
@RunsIn(ProcessRole.STREAMER)
@Service
public class DeliverOrderEvent {
    private static final Logger log = LoggerFactory.getLogger(DeliverOrderEvent.class);

    private final DataPlatform platform;

    DeliverOrderEvent(DataPlatform platform) {
        this.platform = platform;
    }

    /**
     * Delivers an event, whatever that takes. To be called without a transaction: it may take a while.
     *
     * @throws DataPlatformAwayException if it has to wait
     * @throws UndeliverableEventException if the data platform does not take it
     */
    public void deliver(OrderEvent event) {
        try {
            platform.deliver(event);
        } catch (DataPlatformAwayException e) {
            log.warn("{}", e.getMessage());
            throw e;
        } catch (UndeliverableEventException e) {
            log.error("{}", e.getMessage());
            throw e;
        }
        log.info("The data platform has {}.", event);
    }
}
