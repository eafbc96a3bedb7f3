package dev.outbox.sample.reconcile;

import dev.outbox.sample.ShopClient;
import dev.outbox.sample.ShopClient.Answer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Customers who order, one piece at a time, and like and look at products meanwhile. Each of them sends an order up to three times at once with the same key, and does not give up: what is not answered is
 * sent again. An ADMIN completes every order.
 */
final class Customers {
    private static final int AT_ONCE = 6;
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Options options;
    private final Blows blows;
    private final List<ShopClient> customers;
    private final List<Long> products;
    private final Set<String> placed = Collections.synchronizedSet(new HashSet<>());
    private final AtomicInteger placedTwice = new AtomicInteger();

    Customers(Options options, Blows blows, List<ShopClient> customers, List<Long> products) {
        this.options = options;
        this.blows = blows;
        this.customers = List.copyOf(customers);
        this.products = List.copyOf(products);
    }

    /** The ids of the orders that they were told of. */
    Set<String> placed() {
        return Set.copyOf(placed);
    }

    /** How many orders got another id when they were sent again. */
    int placedTwice() {
        return placedTwice.get();
    }

    /** Returns when every order is placed and completed. */
    void order() throws InterruptedException, ExecutionException {
        AtomicInteger numbers = new AtomicInteger();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                all.add(threads.submit(() -> {
                    for (int n = numbers.getAndIncrement(); n < options.orders(); n = numbers.getAndIncrement()) {
                        blows.before(n);
                        order(n, threads);
                    }
                }));
            }
            for (Future<?> one : all) one.get();
        } finally {
            threads.shutdownNow();
        }
    }

    private void order(int number, ExecutorService threads) {
        Random random = new Random(options.seed() * 1_000_003 + number);
        ShopClient customer = customers.get(random.nextInt(customers.size()));
        long product = products.get(random.nextInt(products.size()));
        long another = products.get(random.nextInt(products.size()));
        answer(200, () -> customer.get("/api/v1/products/" + product));
        if (random.nextInt(3) == 0) answer(204, () -> customer.like(another));
        if (random.nextInt(3) == 0) answer(204, () -> customer.unlike(another));
        String key = "order-" + number;
        List<CompletableFuture<String>> sent = new ArrayList<>();
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            sent.add(CompletableFuture.supplyAsync(
                    () -> answer(201, () -> customer.order(key, product, 1)).text("id"), threads));
        }
        Set<String> ids = new HashSet<>();
        sent.forEach(answer -> ids.add(answer.join()));
        if (ids.size() > 1) placedTwice.incrementAndGet();
        placed.addAll(ids);
        ids.forEach(id -> answer(200, () -> customer.complete(id)));
    }

    /** The answer that is wanted; asks again when there is none, or one that says to do so. */
    static Answer answer(int wanted, Supplier<Answer> request) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        String last = "";
        while (System.nanoTime() < end) {
            try {
                Answer answer = request.get();
                if (answer.status() == wanted) return answer;
                last = answer.toString();
                if (!isToBeSentAgain(answer)) break;
            } catch (UncheckedIOException e) {
                last = e.toString();
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new IllegalStateException("The shop does not answer as it should: " + last);
    }

    private static boolean isToBeSentAgain(Answer answer) {
        if (answer.status() >= 500) return true;
        return answer.status() == 409
                && List.of("STOCK_CONFLICT", "CONCURRENT_CHANGE").contains(answer.text("code"));
    }
}
