package dev.outbox.sample.guide;

import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import dev.outbox.sample.product.application.ProductCatalog;
import dev.outbox.sample.product.domain.SkuTakenException;
import java.math.BigDecimal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Puts a product into an empty catalog, so that there is something to order by the guide. */
@RunsIn(ProcessRole.API)
@Component
@ConditionalOnBooleanProperty("sample.guide.enabled")
class FirstProduct {
    private static final Logger log = LoggerFactory.getLogger(FirstProduct.class);

    private final ProductCatalog catalog;

    FirstProduct(ProductCatalog catalog) {
        this.catalog = catalog;
    }

    /** As part of the start and not as a runner after it: a Ctrl-C meanwhile waits until this is done. */
    @EventListener(ContextRefreshedEvent.class)
    @Order(1)
    void create() {
        if (!catalog.isEmpty()) return;
        try {
            catalog.create("COFFEE-500G", "Coffee, 500 g", new BigDecimal("12.45"), 10_000);
        } catch (SkuTakenException e) {
            log.debug("Another instance was faster.", e);
        }
    }
}
