package dev.outbox.benchmarks;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.ListenerNotFoundException;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** The heap of this JVM since its creation: the most that was used at once, garbage included, and the most that a collection left over. */
final class PeakHeap implements AutoCloseable {
    private static final double MEGABYTE = 1 << 20;
    private static final List<String> HEAP = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .toList();

    private final AtomicLong used = new AtomicLong();
    private final AtomicLong left = new AtomicLong();
    private final NotificationListener listener = (notification, handback) -> {
        if (notification.getUserData() instanceof CompositeData data) {
            var collection = GarbageCollectionNotificationInfo.from(data).getGcInfo();
            used.accumulateAndGet(sum(collection.getMemoryUsageBeforeGc()), Math::max);
            left.accumulateAndGet(sum(collection.getMemoryUsageAfterGc()), Math::max);
        }
    };

    PeakHeap() {
        System.gc();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans())
            ((NotificationEmitter) collector).addNotificationListener(listener, null, null);
    }

    double usedMegabytes() {
        long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return Math.max(now, used.get()) / MEGABYTE;
    }

    double leftMegabytes() {
        return left.get() / MEGABYTE;
    }

    private static long sum(Map<String, MemoryUsage> pools) {
        return pools.entrySet().stream()
                .filter(pool -> HEAP.contains(pool.getKey()))
                .mapToLong(pool -> pool.getValue().getUsed())
                .sum();
    }

    @Override
    public void close() throws ListenerNotFoundException {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans())
            ((NotificationEmitter) collector).removeNotificationListener(listener);
    }
}
