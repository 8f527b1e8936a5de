<?php

return response()->json(['ok' => true])->cookie('jwt', $token, 15, '/', null, true, false); // finding
