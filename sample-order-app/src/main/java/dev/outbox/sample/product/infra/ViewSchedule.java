package dev.outbox.sample.product.infra;

import dev.outbox.sample.process.ProcessRole;
import dev.outbox.sample.process.RunsIn;
import dev.outbox.sample.product.application.ProductViews;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.stereotype.Component;

/**
 * When views are published: by {@code sample.views.flush-interval}, in every process that counts some, and when it stops. That is after the web server has stopped, and before anything that
 * publishing needs.
 */
@RunsIn(ProcessRole.API)
@Component
class ViewSchedule implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(ViewSchedule.class);

    private final ProductViews views;
    private final ViewProperties properties;
    private final TaskScheduler scheduler;
    private volatile @Nullable ScheduledFuture<?> schedule;

    ViewSchedule(ProductViews views, ViewProperties properties, TaskScheduler scheduler) {
        this.views = views;
        this.properties = properties;
        this.scheduler = scheduler;
    }

    @Override
    public void start() {
        schedule = scheduler.scheduleWithFixedDelay(views::flush, properties.flushInterval());
    }

    @Override
    public void stop() {
        Objects.requireNonNull(schedule).cancel(false);
        schedule = null;
        long lost = views.flush();
        if (lost > 0)
            log.warn("{} views of products are not counted, because they could not be stored before the end.", lost);
    }

    @Override
    public boolean isRunning() {
        return schedule != null;
    }

    /** Stopped after the web server, whose phases are close to the greatest. */
    @Override
    public int getPhase() {
        return 0;
    }
}
