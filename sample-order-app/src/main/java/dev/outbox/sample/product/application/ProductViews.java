package dev.outbox.sample.product.application;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Counts how often products are looked at, in the memory of this process: a view must not cost a write to the database. From time to time what was counted is published, all
 * products together. So a process that is killed takes the views since the last time with it, which is acceptable for a view and would not be for an order. Thread-safe.
 */
@Service
public class ProductViews {
    private static final Logger log = LoggerFactory.getLogger(ProductViews.class);

    private final ConcurrentMap<Long, Long> views = new ConcurrentHashMap<>();
    private final ViewPublishing publishing;
    private boolean failing;

    ProductViews(ViewPublishing publishing) {
        this.publishing = publishing;
    }

    /** Counts one view of a product that exists: what is counted takes as much memory as there are products. */
    public void count(long productId) {
        views.merge(productId, 1L, Long::sum);
    }

    /**
     * Publishes what was counted since the last time. What cannot be published stays counted, for the next time; where nobody knows whether it has failed, as with a commit without an answer, it may
     * so count twice. An outage is logged when it begins and when it is over. One at a time: who calls meanwhile waits.
     *
     * @return how many views are left because they could not be published; 0 if all was well
     */
    public synchronized long flush() {
        SortedMap<Long, Long> taken = take();
        if (taken.isEmpty()) return 0;
        try {
            publishing.publish(taken);
        } catch (RuntimeException e) {
            taken.forEach((productId, count) -> views.merge(productId, count, Long::sum));
            if (!failing)
                log.warn("Views of products cannot be stored. They are kept and stored later: {}", e.toString());
            failing = true;
            return views.values().stream().mapToLong(Long::longValue).sum();
        }
        if (failing) log.info("Views of products are stored again.");
        failing = false;
        return 0;
    }

    private SortedMap<Long, Long> take() {
        SortedMap<Long, Long> taken = new TreeMap<>();
        for (Long productId : views.keySet()) {
            Long count = views.remove(productId);
            if (count != null) taken.put(productId, count);
        }
        return taken;
    }
}
