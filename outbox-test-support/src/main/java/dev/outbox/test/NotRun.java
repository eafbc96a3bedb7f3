package dev.outbox.test;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints a line {@code NOT RUN: class#method: reason} for each test that was skipped, disabled or aborted, so that a
 * build can tell "green" from "left out". JUnit finds this listener on the class path.
 */
public final class NotRun implements TestExecutionListener {

    private final Map<TestIdentifier, String> reasons = new LinkedHashMap<>();

    private final Consumer<String> output;

    /** Made by JUnit; prints to the standard output. */
    public NotRun() {
        this(System.out::println);
    }

    NotRun(Consumer<String> output) {
        this.output = output;
    }

    @Override
    public synchronized void executionSkipped(TestIdentifier test, String reason) {
        reasons.put(test, reason);
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            reasons.put(test, result.getThrowable().map(Throwable::getMessage).orElse("aborted"));
        }
    }

    @Override
    public synchronized void testPlanExecutionFinished(TestPlan plan) {
        reasons.forEach((test, reason) -> testsOf(plan, test)
                .forEach(name -> output.accept("NOT RUN: " + name + ": " + reason.replaceAll("\\s+", " "))));
        reasons.clear();
    }

    /** A class that is left out stands for its tests. */
    private static Stream<String> testsOf(TestPlan plan, TestIdentifier test) {
        Stream<String> below = plan.getDescendants(test).stream()
                .filter(TestIdentifier::isTest)
                .map(NotRun::name);
        return test.isContainer() && !plan.getDescendants(test).isEmpty() ? below : Stream.of(name(test));
    }

    private static String name(TestIdentifier test) {
        return test.getSource()
                .map(source -> {
                    if (source instanceof MethodSource method) {
                        return method.getClassName() + "#" + method.getMethodName();
                    }
                    return source instanceof ClassSource type ? type.getClassName() : null;
                })
                .orElse(test.getDisplayName());
    }
}
