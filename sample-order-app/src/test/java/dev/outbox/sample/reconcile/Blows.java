package dev.outbox.sample.reconcile;

import dev.outbox.sample.process.ProcessRole;
import dev.outbox.test.KafkaServer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What befalls the shop while its customers order: processes are killed, and Kafka is stopped once for a twentieth of the orders. When, is counted in orders, and is the same for the same seed.
 *
 * <p>Customers come by here with each order. Some orders before a process is killed they wait until it is up, so that it has work under way when it is.
 */
final class Blows {
    private static final int ORDERS_UNDER_WAY = 12;

    private final Consumer<String> log;
    private final Queue<Step> steps;

    /** @param order with which it is done */
    private record Step(int order, Runnable action) {}

    Blows(Options options, Fleet fleet, KafkaServer kafka, Consumer<String> log) {
        this.log = log;
        Random random = new Random(options.seed());
        List<Step> planned = new ArrayList<>();
        for (int kill = 0; kill < options.kills(); kill++) {
            ProcessRole role = ProcessRole.values()[kill % ProcessRole.values().length];
            int order = between(random, options.orders() / 20, options.orders() * 9 / 10);
            planned.add(new Step(order - ORDERS_UNDER_WAY, () -> fleet.awaitReady(role)));
            planned.add(step(order, role + " is killed", () -> fleet.kill(role)));
        }
        int stop = between(random, options.orders() / 5, options.orders() * 3 / 5);
        planned.add(step(stop, "Kafka is stopped", kafka::stop));
        planned.add(step(stop + options.orders() / 20, "Kafka is started", kafka::restart));
        planned.sort(Comparator.comparingInt(Step::order));
        steps = new ArrayDeque<>(planned);
    }

    private static int between(Random random, int least, int most) {
        return least + random.nextInt(most - least);
    }

    private Step step(int order, String what, Runnable action) {
        return new Step(order, () -> {
            log.accept("Order %d: %s.".formatted(order, what));
            action.run();
        });
    }

    /** Before a customer places an order, the first of which is 0. */
    synchronized void before(int order) {
        while (!steps.isEmpty() && steps.element().order() <= order)
            steps.remove().action().run();
    }
}
