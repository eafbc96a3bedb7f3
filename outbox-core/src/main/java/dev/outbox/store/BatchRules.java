package dev.outbox.store;

/**
 * What a mark does with events.
 *
 * @param quarantineBlocks whether later events of a key wait while one of it is in quarantine; true by default
 * @param deletesPublished whether an acknowledged event is deleted instead of marked as {@code PUBLISHED}; false by default
 * @param releaseChunk how many blocked events of a key are let go at once, the next ones when those are published; 500 by default
 */
public record BatchRules(boolean quarantineBlocks, boolean deletesPublished, int releaseChunk) {
    private static final int RELEASE_CHUNK = 500;

    /** The defaults named above. */
    public static final BatchRules DEFAULT = new BatchRules(true, false, RELEASE_CHUNK);

    /** With the default chunk. */
    public BatchRules(boolean quarantineBlocks, boolean deletesPublished) {
        this(quarantineBlocks, deletesPublished, RELEASE_CHUNK);
    }
}
