package com.example.scheduler;

import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.tck.SchedulerContract;

/** Everything a scheduler promises: never a server that cannot serve, nothing allocated, safe from four threads, and more. */
class LeastBusyContractTest extends SchedulerContract {
    @Override
    protected SchedulerProvider provider() {
        return new LeastBusyProvider();
    }
}
