package dev.outbox.test;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Lets Awaitility look every 20 ms, and for the first time after 20 ms. By itself it leaves 100 ms, which is what most of
 * the many short waits of these tests would take. JUnit finds this listener on the class path.
 */
public final class PromptAwaiting implements TestExecutionListener {

    private static final Duration INTERVAL = Duration.ofMillis(20);

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        Awaitility.setDefaultPollInterval(INTERVAL);
    }
}
