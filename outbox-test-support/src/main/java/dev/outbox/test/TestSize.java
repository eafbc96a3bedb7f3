package dev.outbox.test;

/** How much a test does: enough to fail in every build, and more where there is time for it, with {@code -Doutbox.test.long=true} as {@code .ci/full} has it. */
public final class TestSize {
    private TestSize() {}

    /** One of two numbers. */
    public static int of(int usual, int whenLong) {
        return isLong() ? whenLong : usual;
    }

    static boolean isLong() {
        return Boolean.getBoolean("outbox.test.long");
    }
}
