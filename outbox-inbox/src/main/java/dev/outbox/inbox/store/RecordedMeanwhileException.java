package dev.outbox.inbox.store;

/** Some events of a batch have been handled before, which was not expected: the transaction has to be rolled back and run again, and finds them then. */
public final class RecordedMeanwhileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RecordedMeanwhileException(String consumer, Throwable cause) {
        super("'%s' has handled some of these events before. Run the transaction again.".formatted(consumer), cause);
    }
}
