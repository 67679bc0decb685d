#include "CSystem.h"

_Thread_local void *csys_fault_plan_of_thread = NULL;
