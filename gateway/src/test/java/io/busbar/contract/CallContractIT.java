package io.busbar.contract;

import io.busbar.contract.EntryNode.Front;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The call contract for every front side, both kinds of plugin, one node and two. */
class CallContractIT {
  @Nested
  class Http1ToThreadsOnOneNode extends CallContract {
    @Override
    ContractStage stage() throws Exception {
      return new NodesStage(Front.HTTP_1, false, false);
    }
  }

  @Nested
  class Http1ToLanesOnTwoNodes extends CallContract.WithLargestBodies {
    @Override
    ContractStage stage() throws Exception {
      return new NodesStage(Front.HTTP_1, true, true);
    }
  }

  @Nested
  class Http2ToLanesOnOneNode extends CallContract {
    @Override
    ContractStage stage() throws Exception {
      return new NodesStage(Front.HTTP_2, true, false);
    }
  }

  @Nested
  class Http2ToThreadsOnTwoNodes extends CallContract.WithLargestBodies {
    @Override
    ContractStage stage() throws Exception {
      return new NodesStage(Front.HTTP_2, false, true);
    }
  }

  @Nested
  class FnToLanesOnOneNode extends CallContract.WithLargestBodies {
    @Override
    ContractStage stage() throws Exception {
      return new NodesStage(Front.FN, true, false);
    }
  }

  @Nested
  class FnToThreadsOnTwoNodes extends CallContract {
    @Override
    ContractStage stage() throws Exception {
      return new NodesStage(Front.FN, false, true);
    }
  }

  @Nested
  @Tag("long")
  class Http1ToLanesOnOneNode extends CallContract {
    @Override
    ContractStage stage() throws Exception {
      return new NodesStage(Front.HTTP_1, true, false);
    }
  }

  @Nested
  @Tag("long")
  class Http1ToThreadsOnTwoNodes extends CallContract {
    @Override
    ContractStage stage() throws Exception {
      return new NodesStage(Front.HTTP_1, false, true);
    }
  }

  @Nested
  @Tag("long")
  class Http2ToThreadsOnOneNode extends CallContract {
    @Override
    ContractStage stage() throws Exception {
      return new NodesStage(Front.HTTP_2, false, false);
    }
  }

  @Nested
  @Tag("long")
  class Http2ToLanesOnTwoNodes extends CallContract {
    @Override
    ContractStage stage() throws Exception {
      return new NodesStage(Front.HTTP_2, true, true);
    }
  }

  @Nested
  @Tag("long")
  class FnToThreadsOnOneNode extends CallContract {
    @Override
    ContractStage stage() throws Exception {
      return new NodesStage(Front.FN, false, false);
    }
  }

  @Nested
  @Tag("long")
  class FnToLanesOnTwoNodes extends CallContract {
    @Override
    ContractStage stage() throws Exception {
      return new NodesStage(Front.FN, true, true);
    }
  }
}
