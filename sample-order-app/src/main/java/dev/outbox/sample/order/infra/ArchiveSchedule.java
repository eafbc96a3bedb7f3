package dev.outbox.sample.order.infra;

import dev.outbox.sample.order.application.ArchiveOrders;
import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * When orders are archived: by {@code sample.archive.cron}, in UTC, at half past three every night unless configured otherwise; {@code -} for never.
 *
 * <p>Of all instances one does it. The lock stays for five minutes at least, so that the instance with the slowest clock does not do it again; and for
 * an hour at most, if its owner dies.
 */
@RunsIn(ProcessRole.RELAY)
@Component
class ArchiveSchedule {
    private final ArchiveOrders archiveOrders;

    ArchiveSchedule(ArchiveOrders archiveOrders) {
        this.archiveOrders = archiveOrders;
    }

    @Scheduled(cron = "${sample.archive.cron:0 30 3 * * *}", zone = "UTC")
    @SchedulerLock(name = "archive-orders", lockAtLeastFor = "5m", lockAtMostFor = "1h")
    void run() {
        archiveOrders.run();
    }
}
