package dev.outbox.sample.settings;

import java.io.Serial;

/** The application does not start with a setting that it has. */
public final class UnusableSettingException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * @param problem what is wrong, with the name of the setting and without a secret
     * @param action what to do about it
     */
    public UnusableSettingException(String problem, String action) {
        super(problem);
        this.action = action;
    }

    String action() {
        return action;
    }
}
