package dev.outbox.sample.reconcile;

import java.util.List;

/**
 * What a reconciliation has come to. Each order is one piece of one product and is completed, so the first five have to be the same.
 *
 * @param orders in the table of orders
 * @param deductions pieces that are missing in the stock
 * @param events of new orders in the topic, copies counted once
 * @param notifications in their table
 * @param sales pieces in the metrics of products
 * @param duplicates records that the relay has sent again: what was sent and not yet marked when it was killed
 * @param pending events that are still to be sent
 * @param quarantined events that are not sent until an operator says so
 * @param kills processes killed
 * @param differences a sentence for each thing that does not agree
 */
record Result(
        long orders,
        long deductions,
        long events,
        long notifications,
        long sales,
        long duplicates,
        long pending,
        long quarantined,
        int kills,
        List<String> differences) {

    /** The line that tells it all. */
    String line() {
        return "RECONCILED orders=%d deductions=%d events=%d notifications=%d sales=%d duplicates=%d pending=%d quarantined=%d kills=%d differences=%d"
                .formatted(
                        orders,
                        deductions,
                        events,
                        notifications,
                        sales,
                        duplicates,
                        pending,
                        quarantined,
                        kills,
                        differences.size());
    }
}
