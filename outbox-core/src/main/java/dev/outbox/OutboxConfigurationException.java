package dev.outbox;

import org.jspecify.annotations.Nullable;

/** The outbox cannot start with this configuration or on this database. */
public final class OutboxConfigurationException extends OutboxException {
    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String action;

    /**
     * @param problem what is wrong and where
     * @param action what to do about it
     */
    public OutboxConfigurationException(String problem, String action) {
        this(problem, action, null);
    }

    public OutboxConfigurationException(String problem, String action, @Nullable Throwable cause) {
        super(problem + " " + action, cause);
        this.problem = problem;
        this.action = action;
    }

    /** What is wrong and where: the first sentence of the message. */
    public String problem() {
        return problem;
    }

    /** What to do about it: the second sentence of the message. */
    public String action() {
        return action;
    }
}
