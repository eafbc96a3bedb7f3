package dev.outbox.sample;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Does the same many times at the same moment. */
final class AtOnce {
    private AtOnce() {}

    /** What each of them has given, in the order of their numbers, which begin with 0. */
    static <T> List<T> times(int many, IntFunction<T> work) {
        ExecutorService threads = Executors.newFixedThreadPool(many);
        CountDownLatch together = new CountDownLatch(many);
        try {
            List<Future<T>> all = IntStream.range(0, many)
                    .mapToObj(i -> threads.submit(() -> {
                        together.countDown();
                        together.await();
                        return work.apply(i);
                    }))
                    .toList();
            return all.stream().map(AtOnce::result).toList();
        } finally {
            threads.shutdownNow();
        }
    }

    private static <T> T result(Future<T> work) {
        try {
            return work.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
